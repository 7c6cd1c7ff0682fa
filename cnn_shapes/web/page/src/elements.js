// Making elements. Text is always text: nothing out of a spec is ever read as markup.

export const $ = (id) => document.getElementById(id);

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== ""));
  return made;
}

const LEAST_SCALE = 0.8;
const sheets = new Map();

// Shows a picture of ours in an element. Its style becomes a sheet: the policy allows none in a document, not
// even in one that is only read.
export function showPicture(holder, svg) {
  if (!svg) return holder.replaceChildren();
  const [, before, style, after] = svg.match(/^(.*?)<style>([^<]*)<\/style>(.*)$/s);
  const read = new DOMParser().parseFromString(before + after, "image/svg+xml").documentElement;
  let sheet = sheets.get(holder);
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheets.set(holder, sheet);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
  sheet.replaceSync(style);
  const shown = document.importNode(read, true);
  // a wide one is scrolled before its texts get too small to read
  shown.style.minWidth = `${LEAST_SCALE * shown.width.baseVal.value}px`;
  holder.replaceChildren(shown);
}

// Saves a text as a file of the reader's.
export function save(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

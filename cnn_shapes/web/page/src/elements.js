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

const sheets = new Map();

// Shows a picture of ours in an element. Its style becomes a sheet, and the styles of its parts are set one by one:
// the policy allows none in a document, not even in one that is only read.
export function showPicture(holder, svg) {
  if (!svg) return holder.replaceChildren();
  const [, before, style, after] = svg.match(/^(.*?)<style>([^<]*)<\/style>(.*)$/s);
  const unstyled = (before + after).replaceAll(' style="', ' data-style="');
  const read = new DOMParser().parseFromString(unstyled, "image/svg+xml").documentElement;
  for (const part of read.querySelectorAll("[data-style]")) part.style.cssText = part.dataset.style;
  let sheet = sheets.get(holder);
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheets.set(holder, sheet);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
  sheet.replaceSync(style);
  const shown = document.importNode(read, true);
  // a large one gets smaller until it fits, but is scrolled before its texts are too small to read
  const [wide, high] = [shown.width.baseVal.value, shown.height.baseVal.value];
  const fitting = `min(100%, var(--most-high) * ${wide / high})`;
  shown.style.width = `min(${wide}px, max(${holder.dataset.leastScale * wide}px, ${fitting}))`;
  holder.replaceChildren(shown);
}

// Saves a text as a file of the reader's.
export function save(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

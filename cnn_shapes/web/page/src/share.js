// A text in the fragment of a link, which no browser sends to a server; and the draft, kept in this browser.

const PREFIX = "#spec=";
const DRAFT = "cnn-shapes draft";
const MOST = 1_000_000; // characters that a link may unfold to

async function through(stream, bytes, most = Infinity) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > most) throw new RangeError("too long");
    parts.push(part.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

export async function packed(text) {
  const bytes = await through(new CompressionStream("deflate-raw"), text);
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return PREFIX + btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// The text that a fragment holds, null where it holds none. Rejects where what it holds is damaged.
export async function unpacked(fragment) {
  if (!fragment.startsWith(PREFIX)) return null;
  const letters = atob(fragment.slice(PREFIX.length).replaceAll("-", "+").replaceAll("_", "/"));
  const deflated = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const bytes = await through(new DecompressionStream("deflate-raw"), deflated, MOST);
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

export const draft = {
  get: () => {
    try {
      return localStorage.getItem(DRAFT);
    } catch {
      return null; // a reader may forbid it
    }
  },
  set: (text) => {
    try {
      localStorage.setItem(DRAFT, text);
    } catch {
      // then nothing is kept
    }
  },
};

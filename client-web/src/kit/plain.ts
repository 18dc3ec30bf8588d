// Texts that people gave, shown as they are. Pure.

/** What is not seen, or turns the direction of what follows. */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** With every such character written out, as "[U+202E]". */
export function plain(text: string): string {
  return text.replace(HIDDEN, (c) => `[U+${('000' + c.charCodeAt(0).toString(16).toUpperCase()).slice(-4)}]`);
}

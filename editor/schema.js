// The body of a release, exactly: six kinds of block, five kinds of mark, and nothing else.
import { Schema } from "prosemirror-model";
import { tableNodes } from "prosemirror-tables";

const inline = { content: "text*" };
const tables = tableNodes({ tableGroup: "block", cellContent: "text*", cellAttributes: {} });
tables.table_header = { ...tables.table_header, toDOM: tables.table_cell.toDOM };

const carried = (href) => /^(https?:\/\/|mailto:)/i.test(href || "");

export const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: {
      content: "(text | break)*", group: "block",
      parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0],
    },
    heading: {
      ...inline, group: "block", defining: true, attrs: { level: { default: 2 } },
      parseDOM: [{ tag: "h2" }, { tag: "h3", attrs: { level: 3 } }],
      toDOM: (node) => [`h${node.attrs.level}`, 0],
    },
    list: {
      content: "item+", group: "block", attrs: { ordered: { default: false } },
      parseDOM: [{ tag: "ul" }, { tag: "ol", attrs: { ordered: true } }],
      toDOM: (node) => [node.attrs.ordered ? "ol" : "ul", 0],
    },
    item: { ...inline, defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
    quote: {
      content: "line+", group: "block", defining: true,
      parseDOM: [{ tag: "blockquote" }], toDOM: () => ["blockquote", 0],
    },
    line: {
      ...inline, parseDOM: [{ tag: "p", context: "quote/" }], toDOM: () => ["p", 0],
    },
    ...tables,
    image: {
      group: "block", atom: true, attrs: { media: { default: 0 }, alt: { default: "" } },
      toDOM: (node) => ["figure", `▣ ${node.attrs.alt || node.attrs.media + 1}`],
    },
    break: {
      inline: true, group: "inline", selectable: false, linebreakReplacement: true,
      parseDOM: [{ tag: "br" }], toDOM: () => ["br"],
    },
    text: { group: "inline" },
  },
  marks: {
    link: {
      attrs: { href: {} }, inclusive: false,
      parseDOM: [{
        tag: "a[href]",
        getAttrs: (dom) => carried(dom.getAttribute("href")) && { href: dom.getAttribute("href") },
      }],
      toDOM: (mark) => ["a", { href: mark.attrs.href, rel: "noopener" }, 0],
    },
    strong: {
      parseDOM: [{ tag: "strong" }, { tag: "b" }],
      toDOM: () => ["strong", 0],
    },
    em: {
      parseDOM: [{ tag: "em" }, { tag: "i" }],
      toDOM: () => ["em", 0],
    },
    sub: {
      excludes: "sub sup", parseDOM: [{ tag: "sub" }], toDOM: () => ["sub", 0],
    },
    sup: {
      excludes: "sub sup", parseDOM: [{ tag: "sup" }], toDOM: () => ["sup", 0],
    },
  },
});

export { carried };

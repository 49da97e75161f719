// The body of the native format to the editor's document and back. Offsets are code points.
import { schema } from "./schema.js";


// Text and marks from `start` on, cut at every boundary of a mark.
function runs(points, marks, start, end, { breaks = false } = {}) {
  const cuts = new Set([start, end]);
  for (const mark of marks) {
    for (const at of [mark.start, mark.end]) if (at > start && at < end) cuts.add(at);
  }
  const places = [...cuts].sort((a, b) => a - b);
  const nodes = [];
  for (let i = 0; i + 1 < places.length; i++) {
    const [from, to] = [places[i], places[i + 1]];
    const set = marks.filter((mark) => mark.start <= from && mark.end >= to)
      .map((mark) => schema.marks[mark.kind].create(mark.href ? { href: mark.href } : null));
    const kept = set.reduce((marks, mark) => mark.addToSet(marks), []);
    const text = points.slice(from, to).join("");
    const lines = breaks ? text.split("\n") : [text.replace(/\n/g, " ")];
    lines.forEach((line, at) => {
      if (at) nodes.push(schema.nodes.break.create());
      if (line) nodes.push(schema.text(line, kept));
    });
  }
  return nodes;
}

function pieces(points, by, start = 0, end = points.length) {
  const found = [];
  let from = start;
  for (let at = start; at <= end; at++) {
    if (at === end || points[at] === by) {
      found.push([from, at]);
      from = at + 1;
    }
  }
  return found;
}

function node(block) {
  const { nodes } = schema;
  const points = Array.from(block.text);
  const marks = block.marks || [];
  const of = (type, attrs, [start, end], more) =>
    type.create(attrs, runs(points, marks, start, end, more));
  switch (block.kind) {
    case "heading":
      return of(nodes.heading, { level: block.level }, [0, points.length]);
    case "list":
      return nodes.list.create({ ordered: !!block.ordered },
        pieces(points, "\n").map((place) => of(nodes.item, null, place)));
    case "quote":
      return nodes.quote.create(null, pieces(points, "\n").map((place) => of(nodes.line, null, place)));
    case "table": {
      const rows = pieces(points, "\n").map(([start, end]) => pieces(points, "\t", start, end));
      const width = Math.max(...rows.map((row) => row.length));
      return nodes.table.create(null, rows.map((row) => nodes.table_row.create(null,
        Array.from({ length: width }, (_, at) =>
          row[at] ? of(nodes.table_cell, null, row[at]) : nodes.table_cell.create()))));
    }
    case "image":
      return nodes.image.create({ media: block.media || 0, alt: block.text });
    default:
      return of(nodes.paragraph, null, [0, points.length], { breaks: true });
  }
}

export function toDoc(body) {
  const blocks = body.map(node);
  return schema.nodes.doc.create(null, blocks.length ? blocks : [schema.nodes.paragraph.create()]);
}

class Writer {
  constructor() {
    this.text = "";
    this.length = 0;
    this.marks = [];
  }

  add(text) {
    this.text += text;
    this.length += Array.from(text).length;
  }

  inline(parent) {
    parent.forEach((child) => {
      const start = this.length;
      this.add(child.isText ? child.text.replace(/[\n\t]/g, " ") : "\n");
      for (const mark of child.isText ? child.marks : []) {
        const last = this.marks.findLast((one) =>
          one.kind === mark.type.name && one.href === mark.attrs.href && one.end === start);
        if (last) last.end = this.length;
        else {
          this.marks.push({ start, end: this.length, kind: mark.type.name, href: mark.attrs.href });
        }
      }
    });
    return this;
  }
}

function joined(parent, by, each) {
  const writer = new Writer();
  parent.forEach((child, _, at) => {
    if (at) writer.add(by);
    each(writer, child);
  });
  return writer;
}

function cells(writer, row) {
  row.forEach((cell, _, at) => {
    if (at) writer.add("\t");
    writer.inline(cell);
    for (let more = 1; more < cell.attrs.colspan; more++) writer.add("\t");
  });
}

function block(child) {
  const said = (kind, writer, more = {}) => writer.text.trim()
    ? { kind, text: writer.text, ...(writer.marks.length ? { marks: writer.marks } : {}), ...more }
    : null;
  const lines = (writer, one) => writer.inline(one);
  switch (child.type.name) {
    case "heading": return said("heading", new Writer().inline(child), { level: child.attrs.level });
    case "list": return said("list", joined(child, "\n", lines), { ordered: child.attrs.ordered });
    case "quote": return said("quote", joined(child, "\n", lines));
    case "table": return said("table", joined(child, "\n", cells));
    case "image": return { kind: "image", text: child.attrs.alt, media: child.attrs.media };
    default: return said("paragraph", new Writer().inline(child));
  }
}

export function toBody(doc) {
  const found = [];
  doc.forEach((child) => {
    const one = block(child);
    if (one) found.push(one);
  });
  return found;
}


// What the buttons and keys of the editor do.
import { setBlockType, toggleMark } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { Fragment } from "prosemirror-model";
import { TextSelection } from "prosemirror-state";
import {
  addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, isInTable,
} from "prosemirror-tables";
import { schema } from "./schema.js";

const { nodes, marks } = schema;

// The blocks of the document that the selection touches, and where they are.
function touched(state) {
  const { $from, $to } = state.selection;
  const [first, last] = [$from.index(0), $to.index(0)];
  let start = 0;
  for (let at = 0; at < first; at++) start += state.doc.child(at).nodeSize;
  let end = start;
  const found = [];
  for (let at = first; at <= last && at < state.doc.childCount; at++) {
    found.push(state.doc.child(at));
    end += state.doc.child(at).nodeSize;
  }
  return { found, start, end };
}

// Inline content without line breaks, for a node that takes text alone.
const alone = (content) => {
  const kept = [];
  content.forEach((child) => {
    kept.push(child.isText ? child : schema.text(" "));
  });
  return Fragment.from(kept);
};

const lines = (block) => {
  if (block.type !== nodes.list && block.type !== nodes.quote) return [block.content];
  const found = [];
  block.forEach((child) => found.push(child.content));
  return found;
};

// Paragraphs become a list or quotation of lines, and one becomes paragraphs again.
function wrap(outer, inner, attrs = null) {
  return (state, dispatch) => {
    const { found, start, end } = touched(state);
    const apart = found.every((one) => one.type === outer
      && (!attrs || one.attrs.ordered === attrs.ordered));
    if (!found.length || found.some((one) => one.type === nodes.table || one.isAtom)) return false;
    if (dispatch) {
      const content = found.flatMap(lines);
      const made = apart
        ? content.map((one) => nodes.paragraph.create(null, one))
        : [outer.create(attrs, content.map((one) => inner.create(null, alone(one))))];
      const inside = state.selection.$from.parentOffset;
      const change = state.tr.replaceWith(start, end, made);
      const at = Math.min(start + 2 + inside, change.doc.content.size);
      dispatch(change.setSelection(TextSelection.near(change.doc.resolve(at))).scrollIntoView());
    }
    return true;
  };
}

// Enter in an empty last line of a list or quotation goes on below it.
export function leave(state, dispatch) {
  const { $from, empty } = state.selection;
  if (!empty || $from.depth !== 2 || $from.parent.content.size) return false;
  const outer = $from.node(1);
  if (outer.type !== nodes.list && outer.type !== nodes.quote) return false;
  if ($from.index(1) !== outer.childCount - 1) return false;
  if (dispatch) {
    const change = state.tr;
    if (outer.childCount === 1) {
      change.replaceWith($from.before(1), $from.after(1), nodes.paragraph.create());
      change.setSelection(TextSelection.near(change.doc.resolve($from.before(1) + 1)));
    } else {
      change.delete($from.before(2), $from.after(2));
      const at = change.mapping.map($from.after(1));
      change.insert(at, nodes.paragraph.create());
      change.setSelection(TextSelection.near(change.doc.resolve(at + 1)));
    }
    dispatch(change.scrollIntoView());
  }
  return true;
}

export function lineBreak(state, dispatch) {
  if (state.selection.$from.parent.type !== nodes.paragraph) return false;
  dispatch?.(state.tr.replaceSelectionWith(nodes.break.create()).scrollIntoView());
  return true;
}

function table(state, dispatch) {
  if (isInTable(state)) return deleteTable(state, dispatch);
  const { end } = touched(state);
  if (dispatch) {
    const row = () => nodes.table_row.create(null,
      Array.from({ length: 3 }, () => nodes.table_cell.create()));
    const change = state.tr.insert(end, nodes.table.create(null, [row(), row()]));
    dispatch(change.setSelection(TextSelection.near(change.doc.resolve(end + 3))).scrollIntoView());
  }
  return true;
}

const within = (type, attrs) => (state) => touched(state).found.every((one) => one.type === type
  && Object.entries(attrs || {}).every(([name, value]) => one.attrs[name] === value));

const marked = (type) => (state) => {
  const { from, to, empty, $from } = state.selection;
  return empty
    ? !!type.isInSet(state.storedMarks || $from.marks())
    : state.doc.rangeHasMark(from, to, type);
};

const heading = (level) => (state, dispatch) => {
  const on = within(nodes.heading, { level })(state);
  return setBlockType(on ? nodes.paragraph : nodes.heading, on ? null : { level })(state, dispatch);
};

const mark = (name) => ({ run: toggleMark(marks[name]), on: marked(marks[name]) });
const block = (type, attrs, run) => ({ run, on: within(type, attrs) });

// In the order of the bar: name, sign, what it does, whether it is on, when it is shown.
export const TOOLS = [
  { name: "strong", sign: "B", ...mark("strong") },
  { name: "em", sign: "I", ...mark("em") },
  { name: "link", sign: "↗", on: marked(marks.link) },
  { name: "sub", sign: "x₂", ...mark("sub") },
  { name: "sup", sign: "x²", ...mark("sup") },
  { name: "heading", sign: "H2", ...block(nodes.heading, { level: 2 }, heading(2)) },
  { name: "smaller", sign: "H3", ...block(nodes.heading, { level: 3 }, heading(3)) },
  {
    name: "list", sign: "•–",
    ...block(nodes.list, { ordered: false }, wrap(nodes.list, nodes.item, { ordered: false })),
  },
  {
    name: "numbered", sign: "1.",
    ...block(nodes.list, { ordered: true }, wrap(nodes.list, nodes.item, { ordered: true })),
  },
  { name: "quote", sign: "❝", ...block(nodes.quote, null, wrap(nodes.quote, nodes.line)) },
  { name: "table", sign: "▦", run: table, on: isInTable },
  { name: "row", sign: "+↓", run: addRowAfter, shown: isInTable },
  { name: "column", sign: "+→", run: addColumnAfter, shown: isInTable },
  { name: "no-row", sign: "−↓", run: deleteRow, shown: isInTable },
  { name: "no-column", sign: "−→", run: deleteColumn, shown: isInTable },
  { name: "undo", sign: "↶", run: undo },
  { name: "redo", sign: "↷", run: redo },
];

export function setLink(href) {
  return (state, dispatch) => {
    const { from, to, empty } = state.selection;
    let change = state.tr;
    if (!href) change = change.removeMark(...around(state), marks.link);
    else if (empty) change = change.insert(from, schema.text(href, [marks.link.create({ href })]));
    else change = change.removeMark(from, to, marks.link).addMark(from, to, marks.link.create({ href }));
    dispatch(change.scrollIntoView());
    return true;
  };
}

// The link that the selection lies in, from its first to its last character.
function around(state) {
  const { from, to, $from } = state.selection;
  const own = marks.link.isInSet($from.marks());
  if (!own) return [from, to];
  let [start, end] = [from, to];
  const base = $from.start();
  $from.parent.forEach((child, offset) => {
    const [first, last] = [base + offset, base + offset + child.nodeSize];
    if (own.isInSet(child.marks) && first <= end && last >= start) {
      start = Math.min(start, first);
      end = Math.max(end, last);
    }
  });
  return [start, end];
}

export function hrefAt(state) {
  return marks.link.isInSet(state.selection.$from.marks())?.attrs.href || "";
}

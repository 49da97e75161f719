// The rich editor in the place of the plain field. It writes the native format's body into the
// form; the plain field stays for those without script.
import { baseKeymap, chainCommands, toggleMark } from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { EditorState, TextSelection } from "prosemirror-state";
import { tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import { toBody, toDoc } from "./native.js";
import { cleaned } from "./paste.js";
import { carried, schema } from "./schema.js";
import { hrefAt, leave, lineBreak, setLink, TOOLS } from "./tools.js";

const made = (name, attributes = {}, ...children) => {
  const one = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
  one.append(...children);
  return one;
};

function start(plain) {
  const form = plain.form;
  const field = document.getElementById("body");
  const words = JSON.parse(plain.dataset.words);
  const frame = made("div", { class: "editor" });
  const bar = made("div", {
    class: "bar", role: "toolbar", "aria-label": words.tools, "aria-controls": "writing",
  });
  const dropped = made("p", { class: "dropped", role: "status", hidden: "" });
  const linkRow = made("div", { class: "link-row", hidden: "" });
  const place = made("div");
  frame.append(bar, linkRow, place, dropped);

  const marks = schema.marks;
  const view = new EditorView(place, {
    state: EditorState.create({
      doc: toDoc(JSON.parse(plain.dataset.body)),
      plugins: [
        history(),
        keymap({
          "Mod-z": undo, "Mod-y": redo, "Shift-Mod-z": redo,
          "Mod-b": toggleMark(marks.strong), "Mod-i": toggleMark(marks.em),
          "Mod-k": () => openLink(),
          "Shift-Enter": lineBreak,
          Enter: chainCommands(leave, baseKeymap.Enter),
        }),
        keymap(baseKeymap),
        tableEditing(),
      ],
    }),
    attributes: {
      id: "writing", class: "text", role: "textbox", "aria-multiline": "true",
      "aria-labelledby": "text-label", lang: plain.lang, dir: plain.dir, spellcheck: "true",
    },
    transformPastedHTML: (html) => cleaned(html, tell),
    dispatchTransaction(change) {
      view.updateState(view.state.apply(change));
      renew();
      if (change.docChanged) form.dispatchEvent(new Event("input"));
    },
  });

  function tell(things) {
    dropped.hidden = !things.length;
    const what = things.map((thing) => words.dropped[thing]).join(", ");
    dropped.textContent = words.left.replace("{what}", what);
  }

  const buttons = TOOLS.map((tool) => {
    const one = made("button", {
      type: "button", title: words[tool.name], "aria-label": words[tool.name], tabindex: "-1",
      "data-sign": tool.sign,
    });
    one.addEventListener("click", () => {
      if (tool.name === "link") openLink();
      else {
        tool.run(view.state, view.dispatch, view);
        view.focus();
      }
    });
    bar.append(one);
    return [tool, one];
  });
  buttons[0][1].tabIndex = 0;
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const shown = buttons.map(([, one]) => one).filter((one) => !one.hidden);
    const at = shown.indexOf(document.activeElement);
    const next = shown[(at + step + shown.length) % shown.length];
    shown[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    event.preventDefault();
  });

  const address = made("input", {
    type: "text", inputmode: "url", id: "link-address", dir: "ltr", maxlength: "2000",
  });
  const set = made("button", { type: "button" }, words.set);
  const unset = made("button", { type: "button" }, words.unset);
  linkRow.append(made("label", { for: "link-address" }, words.address), address, set, unset);
  function openLink() {
    address.value = hrefAt(view.state);
    linkRow.hidden = false;
    address.focus();
    return true;
  }
  function closeLink(href) {
    linkRow.hidden = true;
    if (href !== undefined) setLink(href)(view.state, view.dispatch);
    view.focus();
  }
  const put = () => {
    const typed = address.value.trim();
    const href = carried(typed) ? typed : typed.includes("@") ? `mailto:${typed}` : `https://${typed}`;
    closeLink(typed ? href : "");
  };
  set.addEventListener("click", put);
  unset.addEventListener("click", () => closeLink(""));
  linkRow.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeLink();
    if (event.key === "Enter" && event.target === address) {
      event.preventDefault();
      put();
    }
  });
  linkRow.addEventListener("input", (event) => event.stopPropagation());

  function renew() {
    for (const [tool, one] of buttons) {
      if (tool.on) one.setAttribute("aria-pressed", String(!!tool.on(view.state)));
      if (tool.shown) one.hidden = !tool.shown(view.state);
    }
  }

  form.addEventListener("gather", () => {
    const body = toBody(view.state.doc);
    field.disabled = false;
    field.value = JSON.stringify(body);
    if (!body.length) plain.value = "";
  });
  document.getElementById("text-label").addEventListener("click", () => view.focus());
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href$='#text']");
    if (!link) return;
    event.preventDefault();
    const wanted = Number((link.dataset.where || "").split("/")[1] || 0);
    let at = 0;
    view.state.doc.forEach((child, offset, index) => { if (index === wanted) at = offset; });
    const selection = TextSelection.near(view.state.doc.resolve(at + 1));
    view.dispatch(view.state.tr.setSelection(selection).scrollIntoView());
    view.focus();
  });
  document.getElementById("language")?.addEventListener("change", (event) => {
    view.dom.lang = event.target.value;
  });
  plain.hidden = true;
  document.getElementById("text-hint").hidden = true;
  plain.before(frame);
  renew();
}

const plain = document.getElementById("text");
if (plain?.dataset.body) start(plain);

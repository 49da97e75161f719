// What is pasted from a word processor or a web page, made fit for the schema; `told` is given
// what had to be left out, each thing once.
import { carried } from "./schema.js";

const BLOCKS = "p, div, section, article, h1, h2, h3, h4, h5, h6, blockquote, pre";
const LEFT_OUT = {
  pictures: "img, picture, svg, video, audio, canvas, object, embed",
  scripts: "script, iframe, form, input, button, select, textarea",
  code: "pre, code",
};

const COLOURED = /(^|;)(color|background|background-color|font-family|font-size):/;
const MARKS = {
  strong: /(^|;)font-weight:(bold|bolder|[6-9]00)/,
  em: /(^|;)font-style:(italic|oblique)/,
  sub: /(^|;)vertical-align:sub/,
  sup: /(^|;)vertical-align:super/,
};
const [NO_WEIGHT, NO_SLANT] = [/(^|;)font-weight:(normal|400)/, /(^|;)font-style:normal/];

// The page's policy watches over styles and handlers even where they are only read.
const unstyled = (html) => html.replace(/<style[^]*?<\/style\s*>/gi, "")
  .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style=")
    .replace(/[\s"'/]on\w+\s*=/gi, " data-on="));

export function cleaned(html, told) {
  const page = new DOMParser().parseFromString(unstyled(html), "text/html");
  const body = page.body;
  const dropped = new Set();
  const all = (query) => [...body.querySelectorAll(query)];
  const named = (one, name) => {
    const made = page.createElement(name);
    made.append(...one.childNodes);
    one.replaceWith(made);
    return made;
  };

  all("style, title, meta, link").forEach((one) => one.remove());
  for (const [what, query] of Object.entries(LEFT_OUT)) {
    for (const one of all(query)) {
      dropped.add(what);
      if (what === "code") one.replaceWith(...one.childNodes);
      else one.remove();
    }
  }
  const coloured = all("[data-style]").some((one) => COLOURED.test(styled(one)));
  if (coloured || all("font, [color], [face], [bgcolor]").length) {
    dropped.add("colours");
  }
  for (const one of all("a[href]")) {
    const href = one.getAttribute("href");
    if (!carried(href) && !href.startsWith("#")) dropped.add("links");
  }
  for (const one of all("h1, h4, h5, h6")) {
    dropped.add("headings");
    named(one, one.tagName === "H1" ? "h2" : "h3");
  }
  lists(page, all);
  for (const inner of all("li ul, li ol")) {
    dropped.add("nested");
    const outer = inner.parentElement.closest("li");
    if (outer) outer.after(...inner.children);
    inner.remove();
  }
  all("[data-style]").forEach((one) => marked(page, one));
  all("li, td, th").forEach((one) => flat(page, one));
  all("h2, h3, blockquote").forEach((one) => {
    one.querySelectorAll("br").forEach((end) => end.replaceWith(" "));
  });
  all("li, p, h2, h3").forEach((one) => {
    if (!one.textContent.trim() && !one.querySelector("br")) one.remove();
  });
  told([...dropped]);
  return body.innerHTML;
}

const styled = (one) => one.getAttribute("data-style").toLowerCase().replace(/\s/g, "");

// What a style says of a mark becomes the mark; the wire's pages allow no style in them.
function marked(page, one) {
  const style = styled(one);
  one.removeAttribute("data-style");
  for (const [name, said] of Object.entries(MARKS)) {
    if (!said.test(style) || !one.childNodes.length) continue;
    const made = page.createElement(name);
    made.append(...one.childNodes);
    one.append(made);
  }
  if ((one.tagName === "B" && NO_WEIGHT.test(style)) || (one.tagName === "I" && NO_SLANT.test(style))) {
    one.replaceWith(...one.childNodes);
  }
}

// A word processor's lists are paragraphs that only look like one.
function lists(page, all) {
  let list = null;
  for (const one of all("p[class*=MsoList], p[data-style*='mso-list']")) {
    const sign = one.querySelector("[data-style*='mso-list:Ignore'], [data-style*='mso-list: Ignore']");
    const words = (sign?.textContent || "").trim();
    sign?.remove();
    const item = page.createElement("li");
    item.append(...one.childNodes);
    if (!list || one.previousElementSibling !== list) {
      list = page.createElement(/^[0-9a-z]+[.)]/i.test(words) ? "ol" : "ul");
      one.before(list);
    }
    list.append(item);
    one.remove();
  }
}

function flat(page, one) {
  one.querySelectorAll("br").forEach((end) => end.replaceWith(" "));
  for (const inner of one.querySelectorAll(BLOCKS)) {
    inner.replaceWith(...inner.childNodes, page.createTextNode(" "));
  }
}

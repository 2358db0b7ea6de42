/**
 * Runs in a page, and gives what can't be read of it: what is wider than the screen or than what it stands in, and figures,
 * dates and words that are on more than one line. Names and ids alone may break.
 */
export const UNREADABLE = `(() => {
  const found = [];
  const say = (what, { localName, className, textContent }) =>
    found.push(what + ": <" + localName + " class=" + className + "> " + textContent.trim().slice(0, 80));

  if (document.documentElement.scrollWidth > innerWidth) found.push("the page is wider than the screen");
  for (const element of document.querySelectorAll("body *:not(option, optgroup, script)")) {
    const { width, left, right } = element.getBoundingClientRect();
    if (width === 0) continue;
    if (left < 0 || right > innerWidth + 0.5) say("off the screen", element);
    const scrolls = getComputedStyle(element).overflowX !== "visible";
    if (scrolls && element.scrollWidth > element.clientWidth + 1) say("cut off", element);
  }

  // Boxes that overlap in height are one line: a unit is smaller than its figure.
  const lines = (ranges) => {
    const boxes = ranges.flatMap((range) => [...range.getClientRects()]).filter(({ width }) => width > 0);
    let bottom = -Infinity;
    let count = 0;
    for (const box of boxes.sort((a, b) => a.top - b.top)) {
      if (box.top > bottom - 2) count++;
      bottom = Math.max(bottom, box.bottom);
    }
    return count;
  };
  const rangeOf = (text, start, end) => {
    const range = document.createRange();
    range.setStart(text, start);
    range.setEnd(text, end);
    return range;
  };
  const textsIn = (node) => {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    return node.nodeType === Node.TEXT_NODE ? [node] : texts;
  };

  for (const text of textsIn(document.body)) {
    const element = text.parentElement;
    if (element.closest(".name, .id, pre, output, script, style, option, svg")) continue;
    for (const { 0: word, index } of text.data.matchAll(/[^\\s-]+/g)) {
      if (lines([rangeOf(text, index, index + word.length)]) > 1) say("broken: " + word, element);
    }
  }
  for (const element of document.querySelectorAll(".money, .date, .whole, th")) {
    const parts = element.querySelector("br") ? [...element.childNodes] : [element];
    for (const part of parts) {
      if (lines(textsIn(part).map((text) => rangeOf(text, 0, text.length))) > 1) say("broken", element);
    }
  }
  return found;
})()`;

const NONE = [
  ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
  ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid"],
];

/** A table without lines. */
export const PLAIN = {
  chars: { ...Object.fromEntries(NONE.map((line) => [line, ""])), middle: "  " },
  style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
};

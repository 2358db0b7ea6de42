/**
 * Takes a token out of text that came from elsewhere, also where JSON or a URL would write its characters otherwise. It
 * must see the text before anything is cut off it: half a token is still a secret.
 *
 * @param isCut The text was cut off when it came: then it may end in the beginning of the token, which is taken out, too.
 */
export function redactor(token: string): (text: string, isCut?: boolean) => string {
  if (token === "") return (text) => text;
  const forms = [...token].map(formsOf);
  const whole = new RegExp(forms.join(""), "gi");
  const each = forms.map((form) => new RegExp(form, "iy"));
  return (text, isCut = false) => {
    const rest = text.replace(whole, TOKEN);
    const end = isCut ? beginningAtEnd(rest, each) : undefined;
    return end === undefined ? rest : `${rest.slice(0, end)}${TOKEN}`;
  };
}

const TOKEN = "[token]";

/** The most that one character takes: four backslashes, for JSON within JSON, and `u0041`. */
const LONGEST_FORM = 9;

/** As it is, perhaps after backslashes; as JSON's escape; percent-encoded. */
function formsOf(char: string): string {
  const hex = (char.codePointAt(0) ?? 0).toString(16).padStart(2, "0");
  return `(?:\\\\{0,4}(?:${char.replace(/\W/, "\\$&")}|u00${hex})|%${hex})`;
}

/** The beginning of an escape of any character. */
const PART_OF_A_FORM = /^(?:\\{1,4}(?:u0{0,2}[0-9a-f]?)?|%[0-9a-f]?)$/i;

/** Where the beginning of a token starts that reaches to the end of the text. */
function beginningAtEnd(text: string, token: readonly RegExp[]): number | undefined {
  for (let from = Math.max(0, text.length - token.length * LONGEST_FORM); from < text.length; from++) {
    let at = from;
    for (const char of token) {
      char.lastIndex = at;
      if (at === text.length || !char.test(text)) break;
      at = char.lastIndex;
    }
    if (at === text.length || PART_OF_A_FORM.test(text.slice(at))) return from;
  }
  return undefined;
}

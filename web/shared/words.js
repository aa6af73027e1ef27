// Words in languages. `<html data-languages="en zh">` says which there are; each is a file of one flat object.

const state = { language: "zh", words: {} };

/** The languages of the page, as BCP 47 tags. */
export function languages() {
  return (document.documentElement.dataset.languages || "zh").split(" ");
}

/** The language in use. */
export const language = () => state.language;

/** The name of a language in itself. */
export function named(tag) {
  try {
    return new Intl.DisplayNames([tag], { type: "language" }).of(tag);
  } catch {
    return tag;
  }
}

function wanted() {
  let kept = null;
  try {
    kept = localStorage.getItem("language");
  } catch {
    // Then the browser's own wish counts.
  }
  const all = languages();
  const wishes = [kept, ...(navigator.languages || [])].filter(Boolean);
  const short = wishes.map((wish) => wish.split("-")[0]);
  return [...wishes, ...short].find((wish) => all.includes(wish)) || "zh";
}

/** Loads the words of the language that the person wants, or of `tag`, from the folders beside this one. */
export async function load(folders, tag) {
  const chosen = languages().includes(tag) ? tag : wanted();
  if (tag) {
    try {
      localStorage.setItem("language", chosen);
    } catch {
      // It holds until the page is left.
    }
  }
  const parts = await Promise.all(
    folders.map(async (folder) => {
      const answer = await fetch(new URL(`../${folder}/words/${chosen}.json`, import.meta.url));
      if (!answer.ok) throw new Error(`no words in ${chosen}`);
      return answer.json();
    }),
  );
  state.language = chosen;
  state.words = Object.assign({}, ...parts);
  document.documentElement.lang = chosen;
}

/** The words for a key, with `{name}` replaced; the key itself where there are none. */
export function t(key, values) {
  const text = state.words[key];
  if (text === undefined) return key;
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole) : text;
}

/** Whether there are words for a key. */
export const has = (key) => state.words[key] !== undefined;

/** One of a text that the region gives in Chinese and English. */
export function either(text) {
  if (!text) return "";
  return state.language.startsWith("zh") ? text.zh : text.en;
}

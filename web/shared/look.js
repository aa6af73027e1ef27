// What a person sets about the look of pages on this device: theme, contrast, elder mode. Nothing of it leaves the device.

const CHOICES = {
  theme: ["auto", "light", "dark"],
  contrast: ["auto", "more"],
  mode: ["usual", "elder"],
};

/** What is set. */
export function look(name) {
  const [usual] = CHOICES[name];
  let kept = null;
  try {
    kept = localStorage.getItem(`look.${name}`);
  } catch {
    // A web view may keep nothing.
  }
  return CHOICES[name].includes(kept) ? kept : usual;
}

/** Sets it, from now on and the next time. */
export function choose(name, value) {
  try {
    localStorage.setItem(`look.${name}`, value);
  } catch {
    // It holds until the page is left.
  }
  document.documentElement.dataset[name] = value;
}

for (const name of Object.keys(CHOICES)) document.documentElement.dataset[name] = look(name);

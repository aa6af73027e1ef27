// The questions about health and stays, as the person's declaration asks them.

import { t } from "../shared/words.js";

const SYMPTOMS = ["1", "2", "3", "4", "5", "6"];

/** The fields. `answers` are those of the last time; `inside` is where the region's errors name them. */
export function questions(answers, inside) {
  const last = answers || {};
  const options = (name, values) => values.map((value) => [value, t(`${name}.${value}`)]);
  const path = (name) => [`${inside}health.${name}`];
  return [
    { name: "symptoms", kind: "many", label: t("declare.symptoms"), hint: t("declare.symptoms.hint"), options: options("symptom", SYMPTOMS), alone: "1", value: last.symptoms, needed: true, path: path("symptoms") },
    { name: "stayed", kind: "one", label: t("declare.stayed"), hint: t("declare.stayed.hint"), options: options("answer", ["2", "1"]), value: last.stayed, needed: true, path: path("stayedHighRisk") },
    { name: "contact", kind: "one", label: t("declare.contact"), hint: t("declare.contact.hint"), options: options("answer", ["2", "1", "3"]), value: last.contact, needed: true, path: path("contactWithCase") },
    { name: "temperature", kind: "text", mode: "decimal", label: t("declare.temperature"), hint: t("declare.temperature.hint"), path: path("temperature"), wrong: t("wrong.temperature"), most: 5 },
  ];
}

/** What is sent. */
export function declaration(values, now) {
  const health = {
    symptoms: values.symptoms,
    stayedHighRisk: values.stayed,
    contactWithCase: values.contact,
    reportedAt: new Date(now).toISOString().replace(/\.\d+Z$/, "Z"),
  };
  if (values.temperature) health.temperature = values.temperature.replace(",", ".");
  return { health };
}

/** What is kept of it on this phone, to be proposed the next time. A temperature is new each time. */
export const answers = (values) => ({ symptoms: values.symptoms, stayed: values.stayed, contact: values.contact });

// Keeps the page and what it is made of, so that a code is shown without network too. Answers of the interface are never kept here.

const ROOT = "{{assets}}";
const FILES = {{files person shared vendor}};
const SHELL = "/";
const SHOWN_AT = [SHELL, "/signed-in"];
{{text shared/sw.js}}
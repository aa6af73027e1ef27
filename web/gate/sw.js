// Keeps the page and what it is made of, so that a gate opens without network. Lists are kept by the page itself.

const ROOT = "{{assets}}";
const FILES = {{files gate verifier shared vendor}};
const SHELL = "/gate/";
const SHOWN_AT = [SHELL];
{{text shared/sw.js}}
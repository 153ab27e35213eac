// Makes web/static/vendor/htmx.js of htmx and its extension for streams. They are one
// file since htmx starts a task after its own script ran, and an extension that comes
// over the wire later than that is never asked: the page would have no stream at all.
import { mkdir, readFile, writeFile } from "node:fs/promises";

const dist = new URL("../node_modules/htmx.org/dist/", import.meta.url);
const vendor = new URL("static/vendor/", import.meta.url);

const scripts = await Promise.all(["htmx.min.js", "ext/hx-sse.min.js"].map((name) => readFile(new URL(name, dist), "utf8")));
await mkdir(vendor, { recursive: true });
await writeFile(new URL("htmx.js", vendor), scripts.map((s) => s.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n")).join(";\n"));

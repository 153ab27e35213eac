// Copies the scripts we serve out of node_modules into web/static/vendor.
import { mkdir, readFile, writeFile } from "node:fs/promises";

const dist = new URL("../node_modules/htmx.org/dist/", import.meta.url);
const vendor = new URL("static/vendor/", import.meta.url);

await mkdir(vendor, { recursive: true });
for (const [from, to] of [["htmx.min.js", "htmx.min.js"], ["ext/hx-sse.min.js", "hx-sse.min.js"]]) {
  const script = await readFile(new URL(from, dist), "utf8");
  await writeFile(new URL(to, vendor), script.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

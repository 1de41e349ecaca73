import { join } from "node:path";
import { installOnce, runNeeded } from "../support/install-once.ts";
import { ROOT } from "../support/programs/packed.ts";

/** The source distribution of this package contains the suite; no npm package has the tests of draft 2020-12. */
const PACKAGE = "jsonschema==4.26.0";

/** Downloads the JSON Schema Test Suite, once. @returns the folder with the tests of draft 2020-12. */
export function installedSuite(): string {
  const folder = join(ROOT, "node_modules/.cache/latchkey-json-schema");
  installOnce(folder, PACKAGE, () => {
    const python = join(folder, "python/bin/python");
    runNeeded("python3", ["-m", "venv", join(folder, "python")], "Python 3 with venv (apt-get install python3-venv)");
    const download = ["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "jsonschema", "--dest", folder];
    runNeeded(python, [...download, PACKAGE], `the package ${PACKAGE} of PyPI`);
    const archive = join(folder, `${PACKAGE.replace("==", "-")}.tar.gz`);
    runNeeded("tar", ["--extract", "--file", archive, "--directory", folder, "--strip-components", "1"], "tar");
  });
  return join(folder, "json/tests/draft2020-12");
}

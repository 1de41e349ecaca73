import { describeClient } from "../support/programs/clients.ts";

describeClient({
  page: "python.md",
  programs: { python3: "install Python 3.10 or later with venv (apt-get install python3-venv)" },
  generated: ["latchkey"],
  files: { "driver.py": "driver.py", "mypy.ini": "mypy.ini" },
  compile: ".venv/bin/pip install --quiet mypy==2.4.1 && .venv/bin/mypy .",
  drivers: { "openapi-python-client": ".venv/bin/python -W error driver.py" },
});

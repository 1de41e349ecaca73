// Adds a bar to Swagger UI: with a key, the page can show only what the key may call, with its own limits.
addEventListener("load", () => {
  const system = window.ui.getSystem();
  const bar = document.createElement("div");
  bar.id = "personal";
  bar.hidden = true;
  const words = document.createElement("span");
  const button = document.createElement("button");
  button.type = "button";
  bar.append(words, button);
  document.body.insertBefore(bar, document.getElementById("swagger-ui"));

  let key;
  let isPersonal = false;

  const presented = () => {
    const schemes = Object.values(system.authSelectors.authorized()?.toJS() ?? {});
    const found = schemes.find(({ schema, value }) => schema?.type === "apiKey" && schema.in === "header" && value);
    return found && { header: found.schema.name, value: found.value };
  };

  const draw = () => {
    bar.hidden = key === undefined;
    words.textContent = isPersonal ? "You see what your key may call, and your own limits." : "You see all operations.";
    button.textContent = isPersonal ? "Show all" : "Show what my key may call";
  };

  const load = async (headers) => {
    const response = await fetch("docs/openapi.json", { headers });
    const text = await response.text();
    if (response.ok) system.specActions.updateSpec(text);
    else words.textContent = JSON.parse(text).detail;
    return response.ok;
  };

  const showFailure = () => {
    words.textContent = "The service cannot be reached; try again in a moment.";
  };

  const toggle = async () => {
    const wanted = !isPersonal;
    if (!(await load(wanted ? { [key.header]: key.value } : {}))) return;
    isPersonal = wanted;
    draw();
  };
  button.addEventListener("click", () => {
    toggle().catch(showFailure);
  });

  system.getStore().subscribe(() => {
    const now = presented();
    if (now?.value === key?.value) return;
    key = now;
    // Another key, or no key, may call other operations.
    if (isPersonal) load({}).catch(showFailure);
    isPersonal = false;
    draw();
  });
});

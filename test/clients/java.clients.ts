import { describeClient } from "../support/programs/clients.ts";

// Templates of the generator use raw types, and call static methods by instances.
const JAVAC = "javac -proc:none --release 17 -Xlint:all,-rawtypes,-static -Werror";

describeClient({
  page: "java.md",
  programs: {
    javac: "install a JDK of version 17 or later (apt-get install default-jdk-headless)",
    mvn: "install Maven (apt-get install maven)",
  },
  generated: ["target"],
  files: { "Driver.java": "src/main/java/Driver.java" },
  compile: `
    mvn --quiet --batch-mode dependency:build-classpath -Dmdep.outputFile=target/classpath
    ${JAVAC} -cp "$(cat target/classpath)" -d target/strict $(find src target/generated-sources -name '*.java')`,
  drivers: { "OpenAPI Generator": 'java -cp "target/strict:$(cat target/classpath)" Driver' },
});

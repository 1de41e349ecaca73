import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { findProgram } from "./debian.ts";

export type CertificateFiles = { readonly certPath: string; readonly keyPath: string };

const WORDS = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];

/**
 * Creates a self-signed certificate for localhost with openssl; `name` is its common name and the name of its files.
 */
export function makeCertificate(folder: string, name = "localhost"): CertificateFiles {
  const files = { certPath: join(folder, `${name}.cert.pem`), keyPath: join(folder, `${name}.key.pem`) };
  const about = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const into = ["-out", files.certPath, "-keyout", files.keyPath];
  execFileSync(findProgram("openssl"), [...WORDS, ...about, ...into], { stdio: "pipe" });
  return files;
}

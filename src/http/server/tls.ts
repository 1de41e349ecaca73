import { X509Certificate } from "node:crypto";
import { readFileSync, unwatchFile, watchFile } from "node:fs";
import type { Server } from "node:https";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import type { Log } from "../../lib/log/log.ts";

type CertificatePaths = { readonly certPath: string; readonly keyPath: string };

export type Certificate = { readonly cert: Buffer; readonly key: Buffer };

/** The certificate cannot be used; the message is one line for the operator, with the reason and what to do. */
export class CertificateUnusable extends Error {}

/** TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only (RFC 9325 §4.2). */
export const TLS_OPTIONS = {
  minVersion: "TLSv1.2",
  honorCipherOrder: true,
  ciphers: [
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
  ].join(":"),
} as const satisfies SecureContextOptions & { readonly honorCipherOrder: boolean };

/** Reads a certificate and its key. @throws CertificateUnusable */
export function loadCertificate({ certPath, keyPath }: CertificatePaths): Certificate {
  const [cert, key] = [read(certPath, "LATCHKEY_TLS_CERT"), read(keyPath, "LATCHKEY_TLS_KEY")];
  try {
    createSecureContext({ ...TLS_OPTIONS, cert, key });
    new X509Certificate(cert);
  } catch (cause) {
    const message = `${certPath} and ${keyPath} are not a certificate (PEM) and its private key: check both files.`;
    throw new CertificateUnusable(message, { cause });
  }
  return { cert, key };
}

function read(path: string, setting: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    // All that `readFileSync` throws here are errors of the system.
    const { code } = cause as NodeJS.ErrnoException;
    throw new CertificateUnusable(`${setting}: ${path} cannot be read (${code}): use a file that this user may read.`, {
      cause,
    });
  }
}

/** Polling also works on file systems that do not report changes. */
const CHECK_EVERY_MS = 1_000;

/**
 * Loads a renewed certificate when its files change. It is used for new connections; open ones are not affected. A
 * certificate that cannot be used is logged, and the previous one stays.
 * @returns the function that loads the files at once.
 */
export function followCertificate(server: Server, paths: CertificatePaths, log: Log): () => void {
  const reload = () => {
    try {
      server.setSecureContext({ ...TLS_OPTIONS, ...loadCertificate(paths) });
      log.info("certificate reloaded");
    } catch (error) {
      // Expected after the first of two changes: certificate and key are not replaced at the same moment.
      log.error({ err: error }, "certificate not reloaded");
    }
  };
  for (const path of [paths.certPath, paths.keyPath]) watchFile(path, { interval: CHECK_EVERY_MS }, reload).unref();
  server.once("close", () => {
    for (const path of [paths.certPath, paths.keyPath]) unwatchFile(path, reload);
  });
  return reload;
}

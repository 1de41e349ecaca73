/** A contract that has paths and operationIds of the service itself. Its lines are valid OpenAPI 3.1. */
export function contractWithOwnNames(extension = ""): string {
  const operation = (path: string, id: string, method = "get") => `  ${path}:
    ${method}:
      operationId: ${id}
      security: [{ ApiKey: [shop:read] }]
      responses: { '200': { description: Done. } }
`;
  return `openapi: 3.1.1
info: { title: Shop, version: 1.0.0 }
${extension}paths:
${operation("/v1/keys", "listKeys")}${operation("/v1/clients", "createClient", "post")}${operation("/metrics", "getMetrics")}${operation("/healthz", "getHealth")}${operation("/docs/intro", "getIntro")}${operation("/orders", "getReadiness")}components:
  securitySchemes:
    ApiKey: { type: apiKey, in: header, name: X-API-Key, x-scopes: { shop:read: Read the shop. } }
`;
}

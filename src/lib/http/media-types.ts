export const JSON_MEDIA_TYPE = "application/json";

/** The header Content-Type of JSON. */
export const JSON_CONTENT_TYPE = `${JSON_MEDIA_TYPE}; charset=utf-8`;

/** RFC 9457 §3. */
export const PROBLEM_MEDIA_TYPE = "application/problem+json";

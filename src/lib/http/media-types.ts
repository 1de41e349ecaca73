export const JSON_MEDIA_TYPE = "application/json";

/** RFC 9457 §3. */
export const PROBLEM_MEDIA_TYPE = "application/problem+json";

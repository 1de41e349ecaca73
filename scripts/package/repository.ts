/** Where the repository is, such as https://github.com/owner/name; set by the workflow that publishes a release. */
const URL_OF_REPOSITORY = process.env["REPOSITORY_URL"];

/** The fields of package.json that say where a package comes from. Its registry compares them with the provenance. */
export function repositoryFields(directory?: string): object {
  if (URL_OF_REPOSITORY === undefined) return {};

  return {
    repository: { type: "git", url: `git+${URL_OF_REPOSITORY}.git`, ...(directory !== undefined && { directory }) },
    homepage: `${URL_OF_REPOSITORY}#readme`,
    bugs: `${URL_OF_REPOSITORY}/issues`,
  };
}

/** `readme` for readers without the repository: its links lead to the pages of `version`, or are only the words. */
export function publishedReadme(readme: string, version: string): string {
  return readme
    .replaceAll("@VERSION", `@${version}`)
    .replaceAll(/\[([^\]]+)\]\((?!https?:)([^)]+)\)/g, (_link, words: string, path: string) =>
      URL_OF_REPOSITORY === undefined ? words : `[${words}](${URL_OF_REPOSITORY}/blob/v${version}/${path})`,
    );
}

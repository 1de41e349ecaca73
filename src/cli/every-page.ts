import { type List, type Page, type PageRequest, parseCursor } from "../store/page.ts";

const PAGE_SIZE = 1000;

/** All items of a list, page by page. */
export async function everyPage<T>(
  list: List,
  read: (request: PageRequest) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const before: number | undefined = cursor === null ? undefined : parseCursor(list, cursor);
    const page: Page<T> = await read({ limit: PAGE_SIZE, ...(before !== undefined && { before }) });
    for (const item of page.items) items.push(item);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

/** Models with keys of every kind. */
import { DataStore } from "@aws-amplify/datastore";
import { Book, Chapter, Customer, Note, Project, Task } from "./models/index.js";

export async function addBook(): Promise<Book> {
  const book = await DataStore.save(new Book({ isbn: "978-0", title: "On Keys" }));
  const first = await DataStore.save(new Chapter({ isbn: "978-0", number: 1, heading: "One", book }));
  await DataStore.save(new Chapter({ isbn: "978-0", number: 2, heading: "Two", book }));
  await DataStore.save(new Note({ text: "read again", chapter: first }));
  return book;
}

export async function chapter(isbn: string, number: number): Promise<Chapter | undefined> {
  return DataStore.query(Chapter, { isbn, number });
}

export async function headings(isbn: string): Promise<(string | null | undefined)[]> {
  const book = await DataStore.query(Book, isbn);
  return ((await book?.chapters.toArray()) ?? []).map(({ heading }) => heading).sort();
}

export async function headingOfNote(text: string): Promise<string | null | undefined> {
  const [note] = await DataStore.query(Note, (n) => n.text.eq(text));
  const found = await note?.chapter;
  return found?.heading;
}

export const bookByObject = (isbn: string): Promise<Book | undefined> => DataStore.query(Book, { isbn });

export const removeChapter = (isbn: string, number: number): Promise<Chapter[]> =>
  DataStore.delete(Chapter, { isbn, number });

export async function retitleBook(isbn: string, title: string): Promise<Book> {
  const book = await DataStore.query(Book, isbn);
  if (!book) throw new Error(`there is no book ${isbn}`);
  return DataStore.save(
    Book.copyOf(book, (draft) => {
      draft.title = title;
    }),
  );
}

export const addCustomer = (country: string, id: string): Promise<Customer> =>
  DataStore.save(new Customer({ country, id, name: `${country} ${id}` }));

/** With an id of the app's own, or one that is drawn. */
export const addProject = (name: string, id?: string): Promise<Project> =>
  DataStore.save(new Project(id === undefined ? { name } : { id, name }));

export async function addTask(project: Project, title: string): Promise<Task> {
  return DataStore.save(
    new Task({ title, isDone: false, priority: "HIGH", dueAt: 1_700_000_000, estimate: 1.5, projectID: project.id }),
  );
}

export async function tasksOf(id: string): Promise<string[]> {
  const project = await DataStore.query(Project, id);
  return ((await project?.tasks.toArray()) ?? []).map(({ title }) => title).sort();
}

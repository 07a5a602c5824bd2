// @ts-check
import { initSchema } from '@aws-amplify/datastore';
import { schema } from './schema';

const PostStatus = {
  "DRAFT": "DRAFT",
  "ACTIVE": "ACTIVE",
  "INACTIVE": "INACTIVE"
};

const Priority = {
  "LOW": "LOW",
  "HIGH": "HIGH"
};

const { Blog, Post, Comment, Cover, Author, Project, Task, Book, Chapter, Note, Customer, PostEditor, Location, Contact } = initSchema(schema);

export {
  Blog,
  Post,
  Comment,
  Cover,
  Author,
  Project,
  Task,
  Book,
  Chapter,
  Note,
  Customer,
  PostEditor,
  PostStatus,
  Priority,
  Location,
  Contact
};

/** What a record means: its Yjs document, merging, stamps, predicates, validation and authorization. */
export {};

/** The seeded development server behind `npm start`. */
export {};

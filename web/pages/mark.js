// mark - says of a text that stands in a table, or goes with an error, that translators get
// it as well; say() translates it where it is shown.

export const mark = (english) => english;

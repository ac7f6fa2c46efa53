// Stands in for packages that others load at the start, and the program calls nothing of.
module.exports = {};

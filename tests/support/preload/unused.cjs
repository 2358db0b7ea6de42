/** Stands for a package that is loaded and not used. */
module.exports = { __esModule: true };

module.exports = require('./.eslintrc.package.js').workspace(__dirname);

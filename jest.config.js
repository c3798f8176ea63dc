const { existsSync, readdirSync } = require('node:fs');

const folders = ['libs', 'apps', 'test'].filter((folder) => existsSync(`${__dirname}/${folder}`));
const projects = folders.flatMap((folder) => readdirSync(`${__dirname}/${folder}`).map((name) => `${folder}/${name}`));

module.exports = {
  projects: projects.filter((project) => existsSync(`${__dirname}/${project}/jest.config.js`)).map((project) => `<rootDir>/${project}`),
};

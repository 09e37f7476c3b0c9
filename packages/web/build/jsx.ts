// What esbuild makes of JSX.
export { Fragment, h } from 'preact'

// Package mcp speaks the Model Context Protocol (modelcontextprotocol.io), in both
// directions: it offers our tools to the programs of others ([Handler], and [Bridge]
// for programs that speak over stdin and stdout), and the tools of other programs to
// our agent ([Guests]). It decides nothing about either: a call becomes a run, or an
// activity, of whoever uses this package.
package mcp

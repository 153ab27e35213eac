package server

// RouteNames returns "METHOD path" of every route, for tests that must not miss one.
func (s *Server) RouteNames() []string {
	var names []string
	for _, r := range s.echo.Routes() {
		names = append(names, r.Method+" "+r.Path)
	}
	return names
}

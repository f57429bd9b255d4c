// The program of the pause image: it holds the namespaces of a pod open and does nothing else.
module toolchain/pause

go 1.25.0

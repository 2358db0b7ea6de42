// Pins the source of the `pulumi` command; the checksums of everything it is built from are in go.sum.
// For another version: change it here and in build.mts, run there the same `go build` once with -mod=mod instead of
// -mod=readonly, and commit the go.sum it writes. (Not `go mod tidy`: nothing here imports the command.)
module engine-cli

go 1.25.11

require github.com/pulumi/pulumi/pkg/v3 v3.259.0

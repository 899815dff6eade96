//go:build pool

package pool

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"matpool/condor/eventlog"
	"matpool/internal/base/file"
)

// Names with characters that are special to a shell, a submit description or Windows reach the
// machines and come back unchanged, in jobs with one product and with several.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, names := range []struct{ a, b, c, flag string }{
		{"my left.npy", "my right", "my results/the product.npy", ""},
		{"it's.npy", "x/y.z/b.tar.npy", "r/it's", ""},
		{"$(index)a$HOME$(x).npy", "$$(OpSys)b.npy", "r/$(x)$$(Arch)c.npy", ""},
		{"#a.npy", "-b.npy", "r/#c.npy", ""},
		{"ä ö €.npy", "%b%.npy", "r/ü!.npy", ""},
		{"a=b;c:d.npy", "b*?|.npy", "r/c(){}[].npy", "-operating_systems=linux"},
	} {
		t.Run(names.a, func(t *testing.T) {
			t.Parallel()
			const pairs = 4
			f := newFolder(t)
			if err := os.MkdirAll(f.path("x/y.z"), 0o777); err != nil {
				t.Fatal(err)
			}
			f.run("matinit", "-quiet", "-seed", "1", "-jobs", fmt.Sprint(pairs), "-size", "30", "-a", names.a, "-b", names.b)
			f.run("matprod", "-count", fmt.Sprint(pairs), "--", names.a, names.b, "here")
			f.write("run product", fmt.Sprintf("total_jobs = %d\nindexed_input_files = \"%s\", \"%s\"\nlog=log.txt", pairs, names.a, names.b))
			for n, per := range []int{1, 3} {
				flags := []string{"run product", fmt.Sprint("-products_per_job=", per), "-indexed_output_files=" + names.c, "-batch_name=a b", "-force"}
				if names.flag != "" {
					flags = append(flags, names.flag)
				}
				f.run("matsubmit", flags...)
				h := f.settle("log.txt")
				if c := eventlog.Count(h.Jobs(h.Clusters()[n])); c.Done != c.Total() {
					t.Fatalf("%d products a job: %+v\n%s", per, c, f.read("log.txt"))
				}
				for i := range pairs {
					name := file.Indexed(names.c, i)
					if f.read(name) != f.read(fmt.Sprint("here", i)) {
						t.Errorf("%s differs from the product computed here", name)
					}
				}
				if said, status := f.watch(); status != 0 || strings.Contains(said, "based on the log alone") {
					t.Errorf("matwatch: exit status %d\n%s", status, said)
				}
			}
		})
	}
}

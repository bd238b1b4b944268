package rules

import "apkaudit/internal/audit"

// Category is one kind of app and the data types that its basic function needs
// (signatures/categories.yaml).
type Category struct {
	ID    string     `yaml:"id" json:"id"`
	Name  audit.Text `yaml:"name" json:"name"`
	Needs []string   `yaml:"needs" json:"needs,omitempty"`
}

func categoryID(c Category) string { return c.ID }

func checkCategories(s *Source, o *origin) error {
	data := dataIndex(s)
	for _, c := range s.Categories {
		if !bothLanguages(c.Name) {
			return o.fault("category", c.ID, "", "name needs zh and en")
		}
		for _, d := range c.Needs {
			if _, ok := data[d]; !ok {
				return o.fault("category", c.ID, d, "unknown data type %q", d)
			}
		}
	}
	return nil
}

// Category returns the kind of app of that id, or nil.
func (s *Set) Category(id string) *Category {
	for i := range s.Categories {
		if s.Categories[i].ID == id {
			return &s.Categories[i]
		}
	}
	return nil
}

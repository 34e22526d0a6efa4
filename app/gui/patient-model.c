/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/patient-model.h"

#include <math.h>
#include <string.h>

#include "app/gui/patient-search.h"

/* Item */

struct _AnmPatientItem
{
  GObject    parent_instance;

  AnmCohort *cohort;
  guint      patient;
};

G_DEFINE_FINAL_TYPE (AnmPatientItem, anm_patient_item, G_TYPE_OBJECT)

AnmCohort *
anm_patient_item_get_cohort (AnmPatientItem *self)
{
  g_return_val_if_fail (ANM_IS_PATIENT_ITEM (self), NULL);

  return self->cohort;
}

guint
anm_patient_item_get_patient (AnmPatientItem *self)
{
  g_return_val_if_fail (ANM_IS_PATIENT_ITEM (self), 0);

  return self->patient;
}

static void
anm_patient_item_finalize (GObject *object)
{
  anm_cohort_unref (ANM_PATIENT_ITEM (object)->cohort);

  G_OBJECT_CLASS (anm_patient_item_parent_class)->finalize (object);
}

static void
anm_patient_item_class_init (AnmPatientItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = anm_patient_item_finalize;
}

static void
anm_patient_item_init (AnmPatientItem *self)
{
}

/* Model */

struct _AnmPatientModel
{
  GObject         parent_instance;

  AnmCohort      *cohort;
  char           *search;
  GtkBitset      *within;    /* nullable: only these are looked at */
  AnmPatientOrder order;
  float          *severity;  /* [n_patients], nullable */
  guint           selected;

  guint32        *ordered;   /* [n_patients] all patients in order */
  guint32        *found;     /* [n_found] those that the search finds, in the same order */
  guint           n_found;
};

enum
{
  PROP_0,
  PROP_SELECTED,
  PROP_N_FOUND,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void list_model_init (GListModelInterface *iface);
static void selection_model_init (GtkSelectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AnmPatientModel, anm_patient_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL, selection_model_init))

AnmPatientModel *
anm_patient_model_new (void)
{
  return g_object_new (ANM_TYPE_PATIENT_MODEL, NULL);
}

/* List */

static GType
get_item_type (GListModel *list)
{
  return ANM_TYPE_PATIENT_ITEM;
}

static guint
get_n_items (GListModel *list)
{
  return ANM_PATIENT_MODEL (list)->n_found;
}

static gpointer
get_item (GListModel *list,
          guint       position)
{
  AnmPatientModel *self = ANM_PATIENT_MODEL (list);
  AnmPatientItem *item;

  if (position >= self->n_found)
    return NULL;

  item = g_object_new (ANM_TYPE_PATIENT_ITEM, NULL);
  item->cohort = anm_cohort_ref (self->cohort);
  item->patient = self->found[position];
  return item;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* Selection */

static gboolean
is_selected (GtkSelectionModel *model,
             guint              position)
{
  AnmPatientModel *self = ANM_PATIENT_MODEL (model);

  return position < self->n_found && self->found[position] == self->selected;
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model,
                        guint              position,
                        guint              n_items)
{
  AnmPatientModel *self = ANM_PATIENT_MODEL (model);
  GtkBitset *selection = gtk_bitset_new_empty ();
  const guint row = anm_patient_model_find (self, self->selected);

  if (row != GTK_INVALID_LIST_POSITION)
    gtk_bitset_add (selection, row);

  return selection;
}

static gboolean
select_item (GtkSelectionModel *model,
             guint              position,
             gboolean           unselect_rest)
{
  AnmPatientModel *self = ANM_PATIENT_MODEL (model);

  if (position >= self->n_found)
    return FALSE;

  anm_patient_model_set_selected (self, self->found[position]);
  return TRUE;
}

static void
selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
  iface->select_item = select_item;
}

/* Order */

/* Smaller keys come first, NaN last. */
static double *
make_keys (AnmPatientModel *self)
{
  const AnmCohort *cohort = self->cohort;
  double *keys = g_new (double, cohort->n_patients);

  for (gsize p = 0; p < cohort->n_patients; p++)
    {
      const gsize n_values = cohort->starts[(p + 1) * cohort->n_channels] - cohort->starts[p * cohort->n_channels];
      double key = NAN;

      switch (self->order)
        {
        case ANM_PATIENT_ORDER_LENGTH:
          key = cohort->begins[p] - cohort->ends[p];
          break;
        case ANM_PATIENT_ORDER_MISSING:
          key = (double) n_values;
          break;
        case ANM_PATIENT_ORDER_OUTCOME:
          if (cohort->targets != NULL)
            key = -cohort->targets[p * anm_sequences_get_target_width (&cohort->target.shape)];
          break;
        case ANM_PATIENT_ORDER_SEVERITY:
          if (self->severity != NULL)
            key = -self->severity[p];
          break;
        case ANM_PATIENT_ORDER_SOURCE:
        case ANM_PATIENT_ORDER_ID:
        default:
          break;
        }
      keys[p] = key;
    }

  return keys;
}

static int
compare_keys (gconstpointer a,
              gconstpointer b,
              gpointer      data)
{
  const double *keys = data;
  const guint32 p = *(const guint32 *) a, q = *(const guint32 *) b;

  if (isnan (keys[p]) || isnan (keys[q]))
    return isnan (keys[p]) - isnan (keys[q]);

  return (keys[p] > keys[q]) - (keys[p] < keys[q]);
}

/* Numbers within ids count as numbers: 9 before 10. */
static int
compare_ids (gconstpointer a,
             gconstpointer b,
             gpointer      data)
{
  const AnmCohort *cohort = data;
  const char *p = cohort->ids[*(const guint32 *) a];
  const char *q = cohort->ids[*(const guint32 *) b];

  return strverscmp (p, q);
}

static void
put_in_order (AnmPatientModel *self)
{
  const gsize n_patients = self->cohort != NULL ? self->cohort->n_patients : 0;

  g_free (self->ordered);
  self->ordered = g_new (guint32, n_patients);
  for (gsize p = 0; p < n_patients; p++)
    self->ordered[p] = p;

  /* g_qsort_with_data() is stable: equal patients keep the order of the source. */
  if (n_patients == 0 || self->order == ANM_PATIENT_ORDER_SOURCE)
    return;
  if (self->order == ANM_PATIENT_ORDER_ID)
    g_qsort_with_data (self->ordered, n_patients, sizeof (guint32), compare_ids, self->cohort);
  else
    {
      g_autofree double *keys = make_keys (self);

      g_qsort_with_data (self->ordered, n_patients, sizeof (guint32), compare_keys, keys);
    }
}

/* One change of everything: lists rebuild only the rows that are seen. */
static void
find_all (AnmPatientModel *self)
{
  const gsize n_patients = self->cohort != NULL ? self->cohort->n_patients : 0;
  const guint n_before = self->n_found;

  g_free (self->found);
  self->found = g_new (guint32, n_patients);
  self->n_found = 0;

  if (n_patients > 0)
    {
      g_autoptr (AnmPatientSearch) search = anm_patient_search_new (self->cohort, self->search);

      for (gsize k = 0; k < n_patients; k++)
        if ((self->within == NULL || gtk_bitset_contains (self->within, self->ordered[k])) && anm_patient_search_match (search, self->ordered[k]))
          self->found[self->n_found++] = self->ordered[k];
    }

  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, self->n_found);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_FOUND]);
}

void
anm_patient_model_set_cohort (AnmPatientModel *self,
                              AnmCohort       *cohort)
{
  g_return_if_fail (ANM_IS_PATIENT_MODEL (self));

  if (self->cohort == cohort)
    return;

  g_clear_pointer (&self->severity, g_free);
  if (self->order == ANM_PATIENT_ORDER_SEVERITY)
    self->order = ANM_PATIENT_ORDER_SOURCE;
  g_clear_pointer (&self->cohort, anm_cohort_unref);
  if (cohort != NULL)
    self->cohort = anm_cohort_ref (cohort);

  put_in_order (self);
  find_all (self);
}

void
anm_patient_model_set_severity (AnmPatientModel *self,
                                const float     *severity)
{
  g_return_if_fail (ANM_IS_PATIENT_MODEL (self));
  g_return_if_fail (self->cohort != NULL);

  g_free (self->severity);
  self->severity = severity != NULL ? g_memdup2 (severity, self->cohort->n_patients * sizeof (float)) : NULL;

  if (self->order == ANM_PATIENT_ORDER_SEVERITY)
    {
      put_in_order (self);
      find_all (self);
    }
}

void
anm_patient_model_set_within (AnmPatientModel *self,
                              const GtkBitset *within)
{
  g_return_if_fail (ANM_IS_PATIENT_MODEL (self));

  if (within == NULL || gtk_bitset_is_empty (within))
    {
      if (self->within == NULL)
        return;
      g_clear_pointer (&self->within, gtk_bitset_unref);
    }
  else
    {
      if (self->within != NULL && gtk_bitset_equals (self->within, within))
        return;
      g_clear_pointer (&self->within, gtk_bitset_unref);
      self->within = gtk_bitset_copy (within);
    }
  find_all (self);
}

void
anm_patient_model_set_search (AnmPatientModel *self,
                              const char      *search)
{
  g_return_if_fail (ANM_IS_PATIENT_MODEL (self));

  if (g_strcmp0 (self->search, search) == 0)
    return;

  g_free (self->search);
  self->search = g_strdup (search);
  find_all (self);
}

void
anm_patient_model_set_order (AnmPatientModel *self,
                             AnmPatientOrder  order)
{
  g_return_if_fail (ANM_IS_PATIENT_MODEL (self));

  if (self->order == order)
    return;

  self->order = order;
  put_in_order (self);
  find_all (self);
}

void
anm_patient_model_refresh (AnmPatientModel *self)
{
  g_return_if_fail (ANM_IS_PATIENT_MODEL (self));

  g_list_model_items_changed (G_LIST_MODEL (self), 0, self->n_found, self->n_found);
}

guint
anm_patient_model_get_selected (AnmPatientModel *self)
{
  g_return_val_if_fail (ANM_IS_PATIENT_MODEL (self), 0);

  return self->selected;
}

void
anm_patient_model_set_selected (AnmPatientModel *self,
                                guint            patient)
{
  guint before, after;

  g_return_if_fail (ANM_IS_PATIENT_MODEL (self));

  if (self->selected == patient)
    return;

  before = anm_patient_model_find (self, self->selected);
  self->selected = patient;
  after = anm_patient_model_find (self, patient);

  if (before != GTK_INVALID_LIST_POSITION)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), before, 1);
  if (after != GTK_INVALID_LIST_POSITION)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), after, 1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

guint
anm_patient_model_find (AnmPatientModel *self,
                        guint            patient)
{
  g_return_val_if_fail (ANM_IS_PATIENT_MODEL (self), GTK_INVALID_LIST_POSITION);

  for (guint row = 0; row < self->n_found; row++)
    if (self->found[row] == patient)
      return row;

  return GTK_INVALID_LIST_POSITION;
}

guint
anm_patient_model_get_neighbour (AnmPatientModel *self,
                                 int              steps)
{
  guint row;

  g_return_val_if_fail (ANM_IS_PATIENT_MODEL (self), 0);

  if (self->n_found == 0)
    return self->selected;

  row = anm_patient_model_find (self, self->selected);
  if (row == GTK_INVALID_LIST_POSITION)
    return self->found[0];

  return self->found[CLAMP ((gint64) row + steps, 0, (gint64) self->n_found - 1)];
}

static void
anm_patient_model_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  AnmPatientModel *self = ANM_PATIENT_MODEL (object);

  switch (prop_id)
    {
    case PROP_SELECTED:
      g_value_set_uint (value, self->selected);
      break;
    case PROP_N_FOUND:
      g_value_set_uint (value, self->n_found);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_patient_model_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  AnmPatientModel *self = ANM_PATIENT_MODEL (object);

  switch (prop_id)
    {
    case PROP_SELECTED:
      anm_patient_model_set_selected (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_patient_model_finalize (GObject *object)
{
  AnmPatientModel *self = ANM_PATIENT_MODEL (object);

  g_clear_pointer (&self->cohort, anm_cohort_unref);
  g_free (self->search);
  g_clear_pointer (&self->within, gtk_bitset_unref);
  g_free (self->severity);
  g_free (self->ordered);
  g_free (self->found);

  G_OBJECT_CLASS (anm_patient_model_parent_class)->finalize (object);
}

static void
anm_patient_model_class_init (AnmPatientModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = anm_patient_model_get_property;
  object_class->set_property = anm_patient_model_set_property;
  object_class->finalize = anm_patient_model_finalize;

  properties[PROP_SELECTED] =
    g_param_spec_uint ("selected", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_N_FOUND] =
    g_param_spec_uint ("n-found", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
anm_patient_model_init (AnmPatientModel *self)
{
}

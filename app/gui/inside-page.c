/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/inside-page.h"

#include "app/gui/cell-lens-page.h"
#include "app/gui/inside-bar.h"
#include "app/gui/inside-column.h"
#include "app/gui/inside-flow.h"
#include "app/gui/kept-epochs.h"
#include "app/gui/settings.h"
#include "app/gui/template.h"
#include "app/gui/text-scale.h"

/* Below this the right column shows one figure at a time. */
#define TABBED_WIDTH 1100
#define LEAST_WIDTH 640
#define LEAST_HEIGHT 380

struct _AnmInsidePage
{
  GtkWidget           parent_instance;

  AnmViewState       *state;
  AnmTrainingControl *control;
  AnmLiveReading     *live;
  GSignalGroup       *study_signals;

  GtkWidget          *stack;
  GtkWidget          *inside_stack;
  GtkWidget          *overview;
  GtkWidget          *paned;
  GtkWidget          *left_pane;
  GtkWidget          *right_pane;
  GtkWidget          *lens_box;
  GtkWidget          *bar;
  GtkWidget          *flow;
  GSettings          *settings; /* NULL if the schema isn't installed */
  gboolean            tabbed;
  gboolean            placed;   /* the divider is where the user put it */
  int                 settled_width; /* of the page, when the divider was last put in its place */
  guint               idle;
};

enum
{
  PROP_0,
  PROP_VIEW_STATE,
  PROP_TRAINING_CONTROL,
  PROP_LIVE_READING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmInsidePage, anm_inside_page, GTK_TYPE_WIDGET)

GtkWidget *
anm_inside_page_new (AnmViewState *state,
                     AnmTrainingControl *control,
                     AnmLiveReading *live)
{
  return g_object_new (ANM_TYPE_INSIDE_PAGE,
                       "view-state", state,
                       "training-control", control,
                       "live-reading", live,
                       NULL);
}

/* What there is to show */

static void
choose_page (AnmInsidePage *self)
{
  const char *name = "inside";

  if (anm_view_state_get_cohort (self->state) == NULL)
    name = "empty";
  else if (anm_view_state_get_run (self->state) == NULL)
    name = "untrained";
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), name);
}

static void
study_changed_cb (AnmInsidePage *self)
{
  g_signal_group_set_target (self->study_signals, anm_view_state_get_study (self->state));
  choose_page (self);
}

static void
show_action (GtkWidget *widget,
             const char *name,
             GVariant *parameter)
{
  AnmInsidePage *self = ANM_INSIDE_PAGE (widget);

  gtk_stack_set_visible_child_name (GTK_STACK (self->inside_stack),
                                    g_str_equal (name, "inside.show-lens") ? "lens" : "overview");
}

static void
reorder_action (GtkWidget *widget,
                const char *name,
                GVariant *parameter)
{
  anm_live_reading_reorder (ANM_INSIDE_PAGE (widget)->live);
}

static void
fork_action (GtkWidget *widget,
             const char *name,
             GVariant *parameter)
{
  AnmInsidePage *self = ANM_INSIDE_PAGE (widget);
  AnmRun *run = anm_view_state_get_run (self->state);
  const int epoch = anm_kept_epochs_find_nearest (run, anm_view_state_get_shown_epoch (self->state));

  if (run != NULL && epoch >= 0)
    gtk_widget_activate_action (widget, "win.fork-run", "(uu)", anm_run_get_id (run), (guint) epoch);
}

static void
update_actions (AnmInsidePage *self)
{
  const AnmTrainingStatus status = anm_training_control_get_status (self->control);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "inside.fork",
                                 anm_view_state_get_run (self->state) != NULL && status != ANM_TRAINING_STATUS_UNREADY);
}

/* H C I F O G, and what other layers have; G is any candidate. */
static gboolean
quantity_cb (GtkWidget *widget,
             GVariant *arguments,
             gpointer data)
{
  AnmInsidePage *self = ANM_INSIDE_PAGE (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  const char *symbol;

  if (!gtk_widget_get_mapped (self->bar) || GTK_IS_EDITABLE (focus) || GTK_IS_TEXT (focus))
    return FALSE;

  g_variant_get (arguments, "&s", &symbol);
  return anm_inside_bar_choose (ANM_INSIDE_BAR (self->bar), symbol) ||
         (g_str_equal (symbol, "g") && anm_inside_bar_choose (ANM_INSIDE_BAR (self->bar), "h~"));
}

/* Small windows */

static gboolean
reshape_cb (gpointer data)
{
  AnmInsidePage *self = data;
  const int width = gtk_widget_get_width (GTK_WIDGET (self));

  self->idle = 0;
  self->tabbed = anm_in_usual_letters (GTK_WIDGET (self), width) < TABBED_WIDTH;
  anm_inside_flow_set_tabbed (ANM_INSIDE_FLOW (self->flow), self->tabbed);
  self->settled_width = 0;
  if (!self->placed)
    gtk_paned_set_position (GTK_PANED (self->paned), (int) (0.45 * width));
  self->settled_width = width;
  return G_SOURCE_REMOVE;
}

static void
anm_inside_page_size_allocate (GtkWidget *widget,
                               int width,
                               int height,
                               int baseline)
{
  AnmInsidePage *self = ANM_INSIDE_PAGE (widget);
  GtkRequisition least;

  if (self->idle == 0 && width != self->settled_width)
    self->idle = g_idle_add_full (GTK_PRIORITY_RESIZE - 1, reshape_cb, self, NULL);
  gtk_widget_get_preferred_size (self->stack, &least, NULL);
  gtk_widget_size_allocate (self->stack, &(GtkAllocation){ 0, 0, MAX (width, least.width), MAX (height, least.height) }, -1);
}

static void
anm_inside_page_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  const int least = orientation == GTK_ORIENTATION_HORIZONTAL ? LEAST_WIDTH : LEAST_HEIGHT;

  gtk_widget_measure (ANM_INSIDE_PAGE (widget)->stack, orientation, -1, minimum, natural, NULL, NULL);
  *minimum = MIN (*minimum, least);
  *natural = MAX (*natural, *minimum);
  *minimum_baseline = *natural_baseline = -1;
}

static void
anm_inside_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (anm_inside_page_parent_class)->map (widget);

  anm_live_reading_set_of_run (ANM_INSIDE_PAGE (widget)->live, TRUE);
  anm_live_reading_hold (ANM_INSIDE_PAGE (widget)->live);
}

static void
anm_inside_page_unmap (GtkWidget *widget)
{
  AnmInsidePage *self = ANM_INSIDE_PAGE (widget);

  if (self->placed)
    anm_settings_set_int (self->settings, "inside-position", gtk_paned_get_position (GTK_PANED (self->paned)));
  anm_live_reading_release (self->live);
  anm_live_reading_set_of_run (self->live, FALSE);

  GTK_WIDGET_CLASS (anm_inside_page_parent_class)->unmap (widget);
}

/* Making */

static void
fill (AnmInsidePage *self)
{
  GtkWidget *lens = anm_cell_lens_page_new (self->state, self->live);
  GtkWidget *column;

  self->bar = anm_inside_bar_new (self->control, self->live);
  gtk_box_prepend (GTK_BOX (self->overview), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_prepend (GTK_BOX (self->overview), self->bar);
  column = anm_inside_column_new (self->state, self->live);
  gtk_widget_set_hexpand (column, TRUE);
  gtk_widget_set_vexpand (column, TRUE);
  gtk_box_append (GTK_BOX (self->left_pane), column);
  self->flow = anm_inside_flow_new (self->control, self->live);
  gtk_widget_set_hexpand (self->flow, TRUE);
  gtk_widget_set_vexpand (self->flow, TRUE);
  gtk_box_append (GTK_BOX (self->right_pane), self->flow);
  gtk_widget_set_hexpand (lens, TRUE);
  gtk_widget_set_vexpand (lens, TRUE);
  gtk_box_append (GTK_BOX (self->lens_box), lens);
}

/* Moved by hand, it is the user's from then on. */
static void
divider_moved_cb (AnmInsidePage *self)
{
  if (self->settled_width > 0 && self->settled_width == gtk_widget_get_width (GTK_WIDGET (self)))
    self->placed = TRUE;
}

static void
place_divider (AnmInsidePage *self)
{
  const int position = anm_settings_get_int (self->settings, "inside-position", 0);

  if (position > 0)
    {
      gtk_paned_set_position (GTK_PANED (self->paned), position);
      self->placed = TRUE;
    }
  g_signal_connect_swapped (self->paned, "notify::position", G_CALLBACK (divider_moved_cb), self);
}

static void
anm_inside_page_constructed (GObject *object)
{
  AnmInsidePage *self = ANM_INSIDE_PAGE (object);

  G_OBJECT_CLASS (anm_inside_page_parent_class)->constructed (object);

  fill (self);
  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::run", G_CALLBACK (choose_page), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::run", G_CALLBACK (update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->control, "notify::status", G_CALLBACK (update_actions), self, G_CONNECT_SWAPPED);
  place_divider (self);
  study_changed_cb (self);
  update_actions (self);
}

static void
anm_inside_page_set_property (GObject *object,
                              guint prop_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  AnmInsidePage *self = ANM_INSIDE_PAGE (object);

  switch (prop_id)
    {
    case PROP_VIEW_STATE:
      self->state = g_value_dup_object (value);
      break;
    case PROP_TRAINING_CONTROL:
      self->control = g_value_dup_object (value);
      break;
    case PROP_LIVE_READING:
      self->live = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_inside_page_dispose (GObject *object)
{
  AnmInsidePage *self = ANM_INSIDE_PAGE (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_object (&self->study_signals);
  anm_dispose_template (GTK_WIDGET (self), ANM_TYPE_INSIDE_PAGE);
  g_clear_object (&self->settings);
  g_clear_object (&self->live);
  g_clear_object (&self->control);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_inside_page_parent_class)->dispose (object);
}

static void
anm_inside_page_class_init (AnmInsidePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  static const struct
  {
    guint       key;
    const char *symbol;
  } keys[] = {
    { GDK_KEY_h, "h" }, { GDK_KEY_c, "c" }, { GDK_KEY_i, "i" }, { GDK_KEY_f, "f" }, { GDK_KEY_o, "o" },
    { GDK_KEY_g, "g" }, { GDK_KEY_z, "z" }, { GDK_KEY_r, "r" }, { GDK_KEY_y, "y" },
  };

  object_class->constructed = anm_inside_page_constructed;
  object_class->set_property = anm_inside_page_set_property;
  object_class->dispose = anm_inside_page_dispose;
  widget_class->measure = anm_inside_page_measure;
  widget_class->size_allocate = anm_inside_page_size_allocate;
  widget_class->map = anm_inside_page_map;
  widget_class->unmap = anm_inside_page_unmap;

  properties[PROP_VIEW_STATE] = g_param_spec_object ("view-state", NULL, NULL, ANM_TYPE_VIEW_STATE, flags);
  properties[PROP_TRAINING_CONTROL] = g_param_spec_object ("training-control", NULL, NULL,
                                                           ANM_TYPE_TRAINING_CONTROL, flags);
  properties[PROP_LIVE_READING] = g_param_spec_object ("live-reading", NULL, NULL, ANM_TYPE_LIVE_READING, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_install_action (widget_class, "inside.show-lens", NULL, show_action);
  gtk_widget_class_install_action (widget_class, "inside.show-overview", NULL, show_action);
  gtk_widget_class_install_action (widget_class, "inside.fork", NULL, fork_action);
  gtk_widget_class_install_action (widget_class, "inside.reorder", NULL, reorder_action);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (widget_class, keys[i].key, 0, quantity_cb, "s", keys[i].symbol);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/inside-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmInsidePage, stack);
  gtk_widget_class_bind_template_child (widget_class, AnmInsidePage, inside_stack);
  gtk_widget_class_bind_template_child (widget_class, AnmInsidePage, overview);
  gtk_widget_class_bind_template_child (widget_class, AnmInsidePage, paned);
  gtk_widget_class_bind_template_child (widget_class, AnmInsidePage, left_pane);
  gtk_widget_class_bind_template_child (widget_class, AnmInsidePage, right_pane);
  gtk_widget_class_bind_template_child (widget_class, AnmInsidePage, lens_box);
}

static void
anm_inside_page_init (AnmInsidePage *self)
{
  self->settings = anm_settings_new ();
  self->study_signals = g_signal_group_new (ANM_TYPE_STUDY);
  g_signal_group_connect_swapped (self->study_signals, "notify::cohort", G_CALLBACK (choose_page), self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

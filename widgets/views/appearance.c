/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/views/appearance.h"

struct _AnmAppearance
{
  GObject  parent_instance;
  gboolean high_contrast;
  gboolean dashes;
};

G_DEFINE_FINAL_TYPE (AnmAppearance, anm_appearance, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_HIGH_CONTRAST,
  PROP_DASHES,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
anm_appearance_get_property (GObject *object,
                             guint id,
                             GValue *value,
                             GParamSpec *pspec)
{
  AnmAppearance *self = ANM_APPEARANCE (object);

  switch (id)
    {
    case PROP_HIGH_CONTRAST:
      g_value_set_boolean (value, self->high_contrast);
      break;
    case PROP_DASHES:
      g_value_set_boolean (value, self->dashes);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
anm_appearance_set_property (GObject *object,
                             guint id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_HIGH_CONTRAST:
      anm_appearance_set_high_contrast (ANM_APPEARANCE (object), g_value_get_boolean (value));
      break;
    case PROP_DASHES:
      anm_appearance_set_dashes (ANM_APPEARANCE (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
anm_appearance_class_init (AnmAppearanceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = anm_appearance_get_property;
  object_class->set_property = anm_appearance_set_property;
  properties[PROP_HIGH_CONTRAST] = g_param_spec_boolean ("high-contrast", NULL, NULL, FALSE,
                                                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_DASHES] = g_param_spec_boolean ("dashes", NULL, NULL, FALSE,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
anm_appearance_init (AnmAppearance *self)
{
}

AnmAppearance *
anm_appearance_get_default (void)
{
  static AnmAppearance *appearance;

  if (appearance == NULL)
    appearance = g_object_new (ANM_TYPE_APPEARANCE, NULL);
  return appearance;
}

gboolean
anm_appearance_get_high_contrast (AnmAppearance *self)
{
  g_return_val_if_fail (ANM_IS_APPEARANCE (self), FALSE);
  return self->high_contrast;
}

void
anm_appearance_set_high_contrast (AnmAppearance *self,
                                  gboolean high_contrast)
{
  g_return_if_fail (ANM_IS_APPEARANCE (self));

  high_contrast = !!high_contrast;
  if (self->high_contrast == high_contrast)
    return;
  self->high_contrast = high_contrast;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HIGH_CONTRAST]);
}

gboolean
anm_appearance_get_dashes (AnmAppearance *self)
{
  g_return_val_if_fail (ANM_IS_APPEARANCE (self), FALSE);
  return self->dashes;
}

void
anm_appearance_set_dashes (AnmAppearance *self,
                           gboolean dashes)
{
  g_return_if_fail (ANM_IS_APPEARANCE (self));

  dashes = !!dashes;
  if (self->dashes == dashes)
    return;
  self->dashes = dashes;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DASHES]);
}

void
anm_theme_init_for_widget (AnmTheme *theme,
                           GtkWidget *widget,
                           gboolean on_card)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  const PangoFontDescription *font = pango_context_get_font_description (context);
  const double usual_pixels = 11 * 96.0 / 72;
  double pixels = (double) pango_font_description_get_size (font) / PANGO_SCALE;
  double dpi = pango_cairo_context_get_resolution (context);
  GdkRGBA ink;

  if (!pango_font_description_get_size_is_absolute (font))
    pixels *= (dpi > 0 ? dpi : 96) / 72;

  /* Light words mean a dark ground, whoever decided it: desktop, application or a dark card. */
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
  anm_theme_init (theme, 0.2126 * ink.red + 0.7152 * ink.green + 0.0722 * ink.blue > 0.5);
  if (pango_font_description_get_family (font) != NULL)
    theme->font_family = g_intern_string (pango_font_description_get_family (font));
  theme->text_scale = pixels > 0 ? CLAMP (pixels / usual_pixels, 0.75, 3) : 1;
  theme->high_contrast = anm_appearance_get_high_contrast (anm_appearance_get_default ());
  theme->dashes = anm_appearance_get_dashes (anm_appearance_get_default ());
  theme->on_card = on_card;
}

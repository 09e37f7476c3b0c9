import type { Contest, LocalText } from '@cista/protocol'

const option = (id: string, title: LocalText) => ({ id, title })

/** What a small town could ask: a question of each kind, in three languages. */
export const town = {
  title: { en: 'A budget for the park', es: 'Un presupuesto para el parque', et: 'Pargi eelarve' },
  description: {
    en: 'An election to try out. Nothing is decided by it.',
    es: 'Una votación de prueba. No decide nada.',
    et: 'Proovihääletus. Sellega ei otsustata midagi.',
  },
  languages: ['en', 'es', 'et'],
  contests: [
    {
      id: 'park',
      kind: 'selection',
      min: 0,
      max: 2,
      title: {
        en: 'What shall the park get?',
        es: '¿Qué debe tener el parque?',
        et: 'Mida park saab?',
      },
      options: [
        option('pond', { en: 'A pond', es: 'Un estanque', et: 'Tiik' }),
        option('benches', { en: 'Benches', es: 'Bancos', et: 'Pingid' }),
        option('trees', { en: 'More trees', es: 'Más árboles', et: 'Rohkem puid' }),
        option('playground', { en: 'A playground', es: 'Un parque infantil', et: 'Mänguväljak' }),
      ],
    },
    {
      id: 'money',
      kind: 'score',
      maximum: 5,
      budget: 5,
      title: {
        en: 'Where shall the money go?',
        es: '¿A qué debe ir el dinero?',
        et: 'Kuhu läheb raha?',
      },
      options: [
        option('paths', { en: 'Paths', es: 'Caminos', et: 'Rajad' }),
        option('lights', { en: 'Lights', es: 'Iluminación', et: 'Valgustus' }),
        option('toilets', { en: 'Toilets', es: 'Aseos', et: 'Tualetid' }),
      ],
    },
    {
      id: 'name',
      kind: 'ranking',
      min: 0,
      max: 3,
      points: [3, 2, 1],
      title: {
        en: 'What shall it be called?',
        es: '¿Cómo debe llamarse?',
        et: 'Mis saab nimeks?',
      },
      options: [
        option('river', { en: 'River Park', es: 'Parque del Río', et: 'Jõepark' }),
        option('town', { en: 'Town Park', es: 'Parque del Pueblo', et: 'Linnapark' }),
        option('oak', { en: 'Oak Park', es: 'Parque del Roble', et: 'Tammepark' }),
      ],
    },
  ] satisfies Contest[],
} as const

import { useEffect, useRef, useState } from 'preact/hooks'
import { useTexts } from '../text/texts.js'
import { qrReader } from './start.js'

/** Milliseconds between two looks at the camera's picture. */
const pause = 150

interface ScannerProps {
  /** Called with each code that is read, several times a second: what is not wanted must be ignored. */
  readonly found: (text: string) => void
}

/** A button that starts the camera, and then the picture that it sees, until this is taken away. */
export function Scanner({ found }: ScannerProps) {
  const { t } = useTexts()
  const video = useRef<HTMLVideoElement>(null)
  const status = useRef<HTMLParagraphElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const [on, setOn] = useState(false)
  const [trouble, setTrouble] = useState(false)
  const latest = useRef(found)
  latest.current = found
  useEffect(() => {
    if (!on) return
    setTrouble(false)
    // The button is gone; it is back when the camera is off again.
    status.current?.focus()
    let stream: MediaStream | undefined
    let wanted = true
    const look = async () => {
      const text = await readFrame(video.current)
      if (!wanted) return
      if (text !== undefined) latest.current(text)
      setTimeout(() => void look(), pause)
    }
    // Browsers give the camera to safe pages only, and where the voter allows it.
    const start = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
      if (!wanted || video.current === null) return stop(stream)
      video.current.srcObject = stream
      await video.current.play()
      await look()
    }
    start().catch(() => {
      setOn(false)
      setTrouble(true)
    })
    return () => {
      wanted = false
      if (stream !== undefined) stop(stream)
      button.current?.focus()
    }
  }, [on])
  return (
    <div class="scanner">
      {trouble && (
        <p class="problem" role="alert">
          {t('noCamera')}
        </p>
      )}
      {on ? (
        <>
          <video ref={video} muted playsInline aria-label={t('camera')} />
          <p ref={status} tabIndex={-1}>
            {t('scanning')}
          </p>
          <button type="button" class="second" onClick={() => setOn(false)}>
            {t('stopScan')}
          </button>
        </>
      ) : (
        <button ref={button} type="button" class="second" onClick={() => setOn(true)}>
          {t('scan')}
        </button>
      )}
    </div>
  )
}

const stop = (stream: MediaStream) => stream.getTracks().forEach((track) => track.stop())

async function readFrame(video: HTMLVideoElement | null): Promise<string | undefined> {
  if (video === null || video.videoWidth === 0) return undefined
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  if (pen === null) return undefined
  pen.drawImage(video, 0, 0)
  const { width, height, data } = pen.getImageData(0, 0, canvas.width, canvas.height)
  return qrReader().read(width, height, data.buffer)
}

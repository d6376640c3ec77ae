/// Paints the charts that the library draws as SVG, so that a PNG shows what the SVG shows. It knows the elements those charts
/// are made of, and fails on any other.
module DreamTime.Cli.SvgPicture

open System
open System.Globalization
open System.IO
open System.Xml.Linq
open SkiaSharp

let private zoom = 2.0f

let private attribute (name: string) (element: XElement) =
    element.AncestorsAndSelf()
    |> Seq.tryPick (fun element -> element.Attribute(XName.Get name) |> Option.ofObj |> Option.map _.Value)

let private own (name: string) (element: XElement) =
    element.Attribute(XName.Get name) |> Option.ofObj |> Option.map _.Value

let private number (text: string) =
    Single.Parse(text, CultureInfo.InvariantCulture)

let private at name element =
    own name element |> Option.map number |> Option.defaultValue 0.0f

let private numbers (text: string) =
    text.Split([| ' '; ',' |], StringSplitOptions.RemoveEmptyEntries) |> Array.map number

/// A colour property as paint; none where it is not set, or "none". SVG fills in black unless told otherwise.
let private paint (style: SKPaintStyle) property unset (element: XElement) =
    match attribute property element |> Option.defaultValue unset with
    | "none" -> None
    | name ->
        let colour =
            match name with
            | "white" -> SKColors.White
            | "black" -> SKColors.Black
            | code -> SKColor.Parse code

        let opacity =
            attribute $"{property}-opacity" element |> Option.map number |> Option.defaultValue 1.0f

        let width =
            attribute "stroke-width" element |> Option.map number |> Option.defaultValue 1.0f

        let paint = new SKPaint(Style = style, IsAntialias = true, StrokeWidth = width)
        paint.Color <- colour.WithAlpha(byte (255.0f * opacity))

        match own "stroke-dasharray" element with
        | Some dashes when style = SKPaintStyle.Stroke ->
            paint.PathEffect <- SKPathEffect.CreateDash(numbers dashes, 0.0f)
        | _ -> ()

        Some paint

/// Fills and strokes with what the element asks for.
let private draw (element: XElement) (shape: SKPaint -> unit) =
    for paint in
        List.choose id [
            paint SKPaintStyle.Fill "fill" "black" element
            paint SKPaintStyle.Stroke "stroke" "none" element
        ] do
        use paint = paint
        shape paint

let private text (canvas: SKCanvas) (element: XElement) =
    use typeface = SKTypeface.FromFamilyName "DejaVu Sans" // or the default, where that is missing

    use font =
        new SKFont(typeface, attribute "font-size" element |> Option.map number |> Option.defaultValue 13.0f)

    let align =
        match attribute "text-anchor" element with
        | Some "middle" -> SKTextAlign.Center
        | Some "end" -> SKTextAlign.Right
        | _ -> SKTextAlign.Left

    canvas.Save() |> ignore

    match own "transform" element with
    | Some transform when transform.StartsWith "rotate(" ->
        match numbers (transform.Substring(7).TrimEnd ')') with
        | [| degrees; x; y |] -> canvas.RotateDegrees(degrees, x, y)
        | _ -> invalidOp $"cannot paint the transform {transform}"
    | Some transform -> invalidOp $"cannot paint the transform {transform}"
    | None -> ()

    draw element (fun paint -> canvas.DrawText(element.Value, at "x" element, at "y" element, align, font, paint))
    canvas.Restore()

let private polyline (points: string) =
    let path = new SKPath()

    numbers points
    |> Array.chunkBySize 2
    |> Array.iteri (fun k point ->
        if k = 0 then
            path.MoveTo(point[0], point[1])
        else
            path.LineTo(point[0], point[1]))

    path

let rec private element (canvas: SKCanvas) (size: SKSize) (node: XElement) =
    let length name full =
        match own name node with
        | Some "100%" -> full
        | _ -> at name node

    match node.Name.LocalName with
    | "title" -> ()
    | "g" -> node.Elements() |> Seq.iter (element canvas size)
    | "rect" ->
        let rect =
            SKRect.Create(at "x" node, at "y" node, length "width" size.Width, length "height" size.Height)

        draw node (fun paint -> canvas.DrawRect(rect, paint))
    | "line" -> draw node (fun paint -> canvas.DrawLine(at "x1" node, at "y1" node, at "x2" node, at "y2" node, paint))
    | "circle" -> draw node (fun paint -> canvas.DrawCircle(at "cx" node, at "cy" node, at "r" node, paint))
    | "polyline" ->
        use path = polyline (own "points" node |> Option.defaultValue "")
        draw node (fun paint -> canvas.DrawPath(path, paint))
    | "text" -> text canvas node
    | other -> invalidOp $"cannot paint the SVG element {other}"

/// The picture as PNG, two pixels to a unit.
let toPng (svg: string) : byte[] =
    match XDocument.Parse(svg).Root with
    | null -> invalidOp "the SVG is empty"
    | root ->
        let size = SKSize(at "width" root, at "height" root)

        use bitmap =
            new SKBitmap(SKImageInfo(int (size.Width * zoom), int (size.Height * zoom)))

        use canvas = new SKCanvas(bitmap)
        canvas.Clear SKColors.White
        canvas.Scale zoom
        root.Elements() |> Seq.iter (element canvas size)
        canvas.Flush()
        use stream = new MemoryStream()
        bitmap.Encode(stream, SKEncodedImageFormat.Png, 100) |> ignore
        stream.ToArray()

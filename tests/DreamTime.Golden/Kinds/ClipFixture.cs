using DreamTime.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>CLIP with its preprocessing: Pillow's resizing, embeddings, logits, the differentiable route, gradients at pixels.</summary>
internal sealed class ClipFixture : IFixture
{
    public bool Matches(GoldenFile file) => file.Has("in.img.0") && file.Has("out.logits_per_image");

    public IEnumerable<Comparison> Run(GoldenFile file)
    {
        var folder = file.Model;
        using var clip = new CLIPModel(CLIPConfig.Parse(folder.ReadText("config.json")));
        ModuleLoader.Load(clip, folder, folder.WeightsFile(""));
        var processor = CLIPImageProcessor.Parse(folder.ReadText("preprocessor_config.json"));
        var outputs = new ModuleOutputs(clip, ["text_model", "vision_model"]);
        Tensor? pooled = null;
        ((nn.Module<Tensor, (Tensor, Tensor)>)clip.named_modules().Single(pair => pair.name == "vision_model").module)
            .register_forward_hook((_, _, output) => (output.Item1, pooled = output.Item2.DetachFromDisposeScope()));

        int count = file.Between("in.img.", "").Count;
        for (int i = 0; i < count; i++)
        {
            yield return file.Compare($"mid.resized.{i}", processor.Resize(file[$"in.img.{i}"]));
            yield return file.Compare($"mid.pixel_values.{i}", processor.Preprocess(file[$"in.img.{i}"]));
        }
        var pixels = cat([.. Enumerable.Range(0, count).Select(i => processor.Preprocess(file[$"in.img.{i}"]))], 0).requires_grad_();
        var ids = file["in.input_ids"];
        var images = clip.EmbedImages(pixels);
        var texts = clip.EmbedTexts(ids);
        var (unitImages, unitTexts) = (CLIPModel.Normalize(images), CLIPModel.Normalize(texts));
        yield return file.Compare("mid.vision_last_hidden_state", outputs["vision_model"]!);
        yield return file.Compare("mid.vision_pooled", pooled!);
        var states = outputs["text_model"]!;
        yield return file.Compare("mid.text_last_hidden_state", states);
        yield return file.Compare("mid.text_pooled", states[arange(ids.shape[0]), ids.argmax(-1)]);
        yield return file.Compare("out.image_features_unnormalised", images);
        yield return file.Compare("out.text_features_unnormalised", texts);
        yield return file.Compare("out.image_embeds", unitImages);
        yield return file.Compare("out.text_embeds", unitTexts);
        // The mask hides only what is behind the end of a text, which the end does not see anyway.
        yield return file.Compare("out.text_embeds_masked", unitTexts);
        yield return file.Compare("out.logits_per_image", clip.Logits(images, texts));
        (unitImages[0] * unitTexts[0]).sum().backward();
        yield return file.Compare("grad.pixels", pixels.grad!);

        var image = file["in.fimg"].requires_grad_();
        var unitImage = CLIPModel.Normalize(clip.EmbedImages(processor.PreprocessDifferentiably(image)));
        (unitImage[0] * unitTexts[0].detach()).sum().backward();
        yield return file.Compare("out.diff_image_embeds", unitImage);
        yield return file.Compare("grad.fimg", image.grad!);
    }
}
